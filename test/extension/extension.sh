#!/bin/sh
# An extension in a page of shell, for containers that have nothing else: each connection is one run of this script.
# For every external event it starts a run of the pipeline that subscribed last, unless it was told by STARTS=nothing.
if [ "$1" = listen ]; then
  mkdir -p /tmp/known
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

subscription() { echo "$(field namespace_id).$(field pipeline_id).$(field pipeline_subscription_id)"; }
# The body of an event is a list of bytes.
text() { printf %s "$body" | sed -n 's/.*"body":\[\([0-9,]*\)\].*/\1/p' | awk -F, '{ for (i = 1; i <= NF; i++) printf "%c", $i }'; }
field() { printf %s "$body" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
answer() { printf 'HTTP/1.1 %s\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: %s\r\n\r\n%s' "$1" "${#2}" "$2"; }

[ "$bearer" = "Bearer $GOFER_EXTENSION_SYSTEM_SECRET" ] || { answer 401 '{"message":"who?"}'; exit; }
case "$method $path" in
  'GET /api/info')
    answer 200 '{"extension_id":"sh","documentation":{"body":"Starts runs.","config_params":[],"pipeline_subscription_params":[]}}' ;;
  'GET /api/debug')
    answer 200 "{\"info\":\"knows $(ls /tmp/known | tr '\n' ' ')\"}" ;;
  'POST /api/subscribe')
    touch "/tmp/known/$(subscription)"
    echo "/api/namespaces/$(field namespace_id)/pipelines/$(field pipeline_id)/runs" > /tmp/runs
    answer 204 ;;
  'DELETE /api/subscribe')
    rm -f "/tmp/known/$(subscription)"
    answer 204 ;;
  'POST /api/external-event')
    echo "event: $(text)" > /proc/1/fd/1
    [ "$STARTS" = nothing ] && { answer 204; exit; }
    wget -q -O - --header "authorization: Bearer $GOFER_EXTENSION_SYSTEM_SECRET" --header 'content-type: application/json' \
      --post-data '{"variables":{}}' "http://$GOFER_EXTENSION_SYSTEM_GOFER_HOST$(cat /tmp/runs)" > /tmp/answer 2>&1 &&
      answer 204 || answer 400 '{"message":"the run did not start"}' ;;
  *) answer 204 ;;
esac
