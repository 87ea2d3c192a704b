"""API Gateway: answers that a function writes bit by bit go out bit by bit, and paths come as they were sent."""

import asyncio
import contextlib
import contextvars
import json
import shutil
import tempfile
import urllib.parse

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.responses import StreamingResponse
from ministack.services import apigateway_v1 as apigateway

# What Lambda's runtime for Node has, and the emulator's has not: a response stream, here a socket back to it.
# https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
_RUNTIME = """
globalThis.awslambda = {
  streamifyResponse: (handler) => async ({ socket, event }, context) => {
    const stream = require("net").connect(socket);
    stream.on("error", () => undefined);
    const write = stream.write.bind(stream);
    stream.write = (...args) => {
      const { before } = stream;
      stream.before = undefined;
      before?.();
      return write(...args);
    };
    stream.writeNow = write;
    await handler(event, stream, context);
  },
  HttpResponseStream: {
    from(stream, head) {
      stream.before = () => {
        stream.writeNow(JSON.stringify(head));
        stream.writeNow(new Uint8Array(8));
      };
      return stream;
    },
  },
};
"""

_SUFFIX = "/response-streaming-invocations"


def _streaming(invoke):
    """The integration's address tells whether its function streams. Its answer begins when head and delimiter are there.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
    """

    async def invoked(integration, *request, owner_account_id=None, owner_region=None, **more):
        address = integration.get("uri", "")
        if not address.endswith(_SUFFIX):
            return await invoke(
                integration, *request, owner_account_id=owner_account_id, owner_region=owner_region, **more
            )
        function = address.split("/functions/", 1)[1].removesuffix(_SUFFIX)
        event = apigateway._build_lambda_event_v1(*request, **more)
        return await _answer(function, event, account_id=owner_account_id, region=owner_region)

    return invoked


async def _answer(function, event, **scope):
    closing = contextlib.AsyncExitStack()
    folder = tempfile.mkdtemp()
    closing.callback(shutil.rmtree, folder, ignore_errors=True)
    connection = asyncio.get_running_loop().create_future()
    socket = f"{folder}/response"
    server = await asyncio.start_unix_server(lambda *ends: connection.set_result(ends), socket)
    closing.callback(server.close)
    payload = {"socket": socket, "event": event}
    invocation = asyncio.ensure_future(apigateway._call_lambda_raw(function, payload, **scope))
    try:
        await asyncio.wait({connection, invocation}, return_when=asyncio.FIRST_COMPLETED)
        if not connection.done():
            raise EOFError
        reader, writer = connection.result()
        closing.callback(writer.close)
        head = json.loads((await reader.readuntil(bytes(8)))[:-8])
    except EOFError:
        # It failed before it had anything to say.
        await closing.aclose()
        return apigateway._gw_error("DEFAULT_5XX", "Internal server error")

    async def run(send, receive):
        left = asyncio.ensure_future(_left(receive))
        async with closing:
            while True:
                chunk = asyncio.ensure_future(reader.read(65536))
                await asyncio.wait({chunk, left}, return_when=asyncio.FIRST_COMPLETED)
                if left.done():
                    return
                if not chunk.result():
                    break
                await send({"type": "http.response.body", "body": chunk.result(), "more_body": True})
            left.cancel()
            result, error = await invocation
            # Without its last part the client knows that an answer was broken off.
            if not error and not result.get("error"):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    return head.get("statusCode", 200), dict(head.get("headers", {})), StreamingResponse(run)


async def _left(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


_sent = contextvars.ContextVar("path as it was sent", default=None)


def _remembering(handle):
    async def handled(*request, raw_path=None, **more):
        _sent.set(raw_path)
        return await handle(*request, raw_path=raw_path, **more)

    return handled


def _encoded(build):
    """A function gets the path of a proxy resource with its escapes: `%2F` is no slash.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """

    def built(api_id, stage_name, stage, resource, request_path, *request, **more):
        event = build(api_id, stage_name, stage, resource, request_path, *request, **more)
        sent = _sent.get()
        if sent and urllib.parse.unquote(sent).endswith(request_path):
            path = sent[len(urllib.parse.unquote(sent)) - len(request_path) :]
            context = event["requestContext"]
            context["path"] = context["path"].removesuffix(request_path) + path
            event["path"] = path
        return event

    return built


def _any(matches):
    """`*/*` stands for every media type, also for one that a client doesn't name.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
    """

    def matched(media_type, binary_media_types):
        return "*/*" in (binary_media_types or []) or matches(media_type, binary_media_types)

    return matched


def correct():
    apigateway._media_type_matches = _any(apigateway._media_type_matches)
    app._handle_execute_api_request = _remembering(app._handle_execute_api_request)
    apigateway._build_lambda_event_v1 = _encoded(apigateway._build_lambda_event_v1)
    lambda_runtime._NODEJS_WORKER_SCRIPT = _RUNTIME + lambda_runtime._NODEJS_WORKER_SCRIPT
    apigateway._invoke_lambda_proxy_v1 = _streaming(apigateway._invoke_lambda_proxy_v1)
