/** How large objects may be on which way. All are bytes. */

/**
 * Up to here a content lies in the object's row: most are small, and what a variable may hold is as much. Then it is read and
 * written with the row.
 */
export const mostInRow = 8_192;

/** What passes through the API where there are addresses: as base64 it has to fit into a function's answer of 6 MB. */
export const mostThroughApi = 4_500_000;

/** What S3 takes by one PUT. */
export const mostByAddress = 5 * 1024 ** 3;
