/** Lists of cron expressions longer than this are rather one expression. Here, so that who counts them need not read them. */
export const mostCrons = 10;
