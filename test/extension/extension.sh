#!/bin/sh
# An extension of thirty lines of shell, for containers that have nothing else: each connection is one run of this script.
# It starts a run of the pipeline that subscribed last for every external event.
if [ "$1" = listen ]; then
  echo listening
  exec nc -ll -p "${GOFER_EXTENSION_SYSTEM_BIND_ADDRESS##*:}" -e "$0"
fi

read -r method path _
length=0
while read -r name value && [ "$name" != "$(printf '\r')" ]; do
  case $name in
    [Cc]ontent-[Ll]ength:) length=${value%"$(printf '\r')"} ;;
    [Aa]uthorization:) bearer=${value%"$(printf '\r')"} ;;
  esac
done
body=$(head -c "$length")

field() { printf %s "$body" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
answer() { printf 'HTTP/1.1 %s\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: %s\r\n\r\n%s' "$1" "${#2}" "$2"; }

[ "$bearer" = "Bearer $GOFER_EXTENSION_SYSTEM_SECRET" ] || { answer 401 '{"message":"who?"}'; exit; }
case "$method $path" in
  'GET /api/info')
    answer 200 '{"extension_id":"sh","documentation":{"body":"","config_params":[],"pipeline_subscription_params":[]}}' ;;
  'POST /api/subscribe')
    echo "/api/namespaces/$(field namespace_id)/pipelines/$(field pipeline_id)/runs" > /tmp/runs
    answer 204 ;;
  'POST /api/external-event')
    wget -q -O - --header "authorization: Bearer $GOFER_EXTENSION_SYSTEM_SECRET" --header 'content-type: application/json' \
      --post-data '{"variables":{}}' "http://$GOFER_EXTENSION_SYSTEM_GOFER_HOST$(cat /tmp/runs)" > /tmp/answer 2>&1 &&
      answer 204 || answer 400 '{"message":"the run did not start"}' ;;
  *) answer 204 ;;
esac
