"""Starts MiniStack with what it does otherwise than AWS put right, one module a service, each with its reasons; and with
instruments that tests read and set."""

import os

from hypercorn.config import Config
from ministack.app import main

from corrections import apigateway, cloudformation, ecs, ecs_services, eventbridge, functions, scheduler, stepfunctions
from instruments import control, delivery, meter

for service in (apigateway, cloudformation, ecs, ecs_services, eventbridge, functions, scheduler, stepfunctions):
    service.correct()
for instrument in (delivery, meter, control):
    instrument.install()

# A client that asks often would meet the end of its connection in the middle of an answer.
Config.keep_alive_max_requests = 1_000_000

try:
    main()
finally:
    # Python would wait for its threads: those of executions that nobody ended go on for weeks.
    os._exit(0)
