/** An extension and subscriptions to it, for people. */
import type { Extension, Subscription } from '../client/types.ts';
import type { Session } from './session.ts';
import { fieldLines } from './terminal/fields.ts';
import { statusPaint } from './terminal/style.ts';
import { tableLines } from './terminal/table.ts';

export function extensionLines(
  session: Session,
  { registration, state, reason, started, url, documentation }: Extension,
  subscriptions: readonly Subscription[],
): string[] {
  const { style } = session.terminal;
  const { config_params, pipeline_subscription_params, body } = documentation;
  return [
    `Extension ${style.bold(registration.extension_id)}  ${statusPaint(style, state)(state)}`,
    ...fieldLines(
      [
        ['image', registration.image],
        ['reason', reason],
        ['started', session.when(started)],
        ['url', url],
        ['roles', registration.additional_roles.join(', ')],
        ['settings', registration.settings.map(({ key, value }) => `${key}=${value}`).join(' ')],
        ['installed', session.when(registration.created)],
      ],
      style,
    ),
    ...section('Settings it takes', parameterLines(session, config_params)),
    ...section('Settings of subscriptions', parameterLines(session, pipeline_subscription_params)),
    ...section('Subscriptions', subscriptionLines(session, subscriptions)),
    ...section('What it says of itself', body.trim() ? body.trim().split('\n') : []),
  ];
}

export const subscriptionLines = (session: Session, subscriptions: readonly Subscription[]): string[] =>
  tableLines(
    ['pipeline', 'extension', 'subscription', 'status', 'settings', 'reason'],
    subscriptions.map((each) => [
      `${each.namespace_id}/${each.pipeline_id}`,
      each.extension_id,
      each.subscription_id,
      { text: each.status, paint: statusPaint(session.terminal.style, each.status) },
      Object.entries(each.settings)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
      each.status_reason?.description ?? '',
    ]),
    session.terminal,
  );

type Parameters = Extension['documentation']['config_params'];

const parameterLines = (session: Session, parameters: Parameters): string[] =>
  tableLines(
    ['key', 'needed', 'what it is'],
    parameters.map(({ key, required, documentation }) => [key, required ? 'yes' : '', documentation]),
    session.terminal,
  );

const section = (title: string, lines: readonly string[]): string[] => (lines.length ? ['', title, ...lines] : []);
