/** What is the same of every extension's container. */

/** The port that the contract of extensions names. */
export const extensionPort = 8082;

/** Where one listens that has a network address of its own. */
export const anyAddress = `0.0.0.0:${extensionPort}`;

/** Stands for the run in the logs of extensions: no run is named so. */
export const extensionsLog = 'extensions';

/** On AWS the service of each is named so, before its id. */
export const servicePrefix = 'gofer-extension-';
