"""Starts MiniStack with what it does otherwise than AWS put right: one module a service, each with its reasons."""

import os

from ministack.app import main

from corrections import cloudformation, ecs, stepfunctions

for service in (cloudformation, ecs, stepfunctions):
    service.correct()

try:
    main()
finally:
    # Python would wait for its threads: those of executions that nobody ended go on for weeks.
    os._exit(0)
