"""The instruments' own address, below the emulator's: `/_test/delivery` and `/_test/meter`."""

import json

from ministack import app

from . import delivery, meter


def _answer(path, method, body):
    if path == "/_test/delivery" and method == "PUT":
        delivery.set_mode(json.loads(body))
    elif path == "/_test/meter" and method == "DELETE":
        meter.reset()
    return {"/_test/delivery": delivery.told, "/_test/meter": meter.read}[path]()


def _with_instruments(handle):
    async def handled(path, method, body):
        if not path.startswith("/_test/"):
            return await handle(path, method, body)
        return 200, {"Content-Type": "application/json"}, json.dumps(_answer(path, method, body)).encode()

    return handled


def install():
    app._handle_admin_config_request = _with_instruments(app._handle_admin_config_request)
