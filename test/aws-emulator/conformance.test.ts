import { describeConformance } from '../conformance/conformance.ts';
import { onAws } from './installation.ts';

/** Unless the stack's settings say otherwise, nobody gets into a container. */
const off = { attach_task_execution: 503 };

/** Extensions are servers, which nothing keeps running here: whoever installs one is told so, and there is none to ask for. */
const unable = {
  ...off,
  install_extension: 501,
  get_extension: 404,
  update_extension: 404,
  uninstall_extension: 404,
  get_extension_debug_info: 404,
  get_extension_logs: 404,
  list_extension_subscriptions: 404,
  list_extension_objects: 404,
  get_extension_object: 404,
  put_extension_object: 404,
  delete_extension_object: 404,
  create_subscription: 404,
  get_subscription: 404,
  update_subscription: 404,
  delete_subscription: 404,
};

describeConformance('AWS', { extensions: false, unable, generated: 100, start: () => onAws() });
