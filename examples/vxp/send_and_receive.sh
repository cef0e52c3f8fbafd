#!/usr/bin/env bash
# Sends a package by the VXP calls, receives it as another system, reports a status and reads it as the sender.
#
#     send_and_receive.sh .truc/collaboration.properties vxp.two SECRET [FROM] [TO]
#
# The first system is that of the properties, which `truc up` writes; the second is one of `truc system add`. FROM and
# TO are agencies that they act for. Needs curl and openssl.
set -euo pipefail
properties=$1 second=$2 second_secret=$3 from=${4:-H26.99} to=${5:-H54}
folder=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) && trap 'rm -r "$work"' EXIT

setting() { sed -n "s/^$1=//p" "$properties"; }
endpoint=$(setting service.endpoint)
as_sender() { system=$(setting systemid) secret=$(setting secret); }
as_receiver() { system=$second secret=$second_secret; }

# call PATH [NAME=VALUE…] < BODY: one signed call; gives the answer's JSON.
call() {
    local path=$1 type=application/json names="" text="" headers=() pair answer hash
    shift
    [ "$path" != sendEdoc ] || type=application/octet-stream
    for pair in "systemid=$system" "$@" "timestamp=$(date +%d%m%YT%H%M%S)+0000" "Content-Type=$type"; do
        names+="${names:+;}${pair%%=*}"
        text+="${text:+,}\"XroadVnpt-${pair%%=*}\":\"${pair#*=}\""
        headers+=(-H "XroadVnpt-${pair%%=*}: ${pair#*=}")
    done
    # The secret is among the arguments of openssl, which others on the same machine can see: fit for a sandbox only.
    hash=$(printf %s "{$text}" | openssl dgst -sha256 -hmac "$secret" -r)
    answer=$(curl --silent --show-error --fail --max-time 60 --data-binary @- -H "Content-Type: $type" "${headers[@]}" \
        -H "XroadVnpt-sign-header-key: $names" -H "XroadVnpt-sign-header: {$text}" \
        -H "XroadVnpt-hash-header: ${hash%% *}" "$endpoint/$path")
    case $answer in
        *'"ErrorCode":"0"'*) printf %s "$answer" ;;
        *) echo "$path: $answer" >&2 && return 1 ;;
    esac
}

# values KEY < JSON: each text of that key, one a line.
values() { grep -o "\"$1\":\"[^\"]*\"" | cut -d'"' -f4 || true; }

# send MESSAGETYPE FILE AGENCY: gives the DocId.
send() {
    local hash
    hash=$(openssl dgst -sha256 -r "$2")
    call sendEdoc "from=$3" servicetype=eDoc "messagetype=$1" "hash-file=${hash%% *}" <"$2" | values DocId
}

# receive MESSAGETYPE: stores whatever waits, takes it for good, and gives the files' names.
receive() {
    local ids id
    ids=$(call getReceivedEdocList servicetype=eDoc "messagetype=$1" </dev/null | values docId)
    for id in $ids; do
        call getEdoc "docId=$id" <<<'{}' | values data | openssl base64 -d -A >"$work/$id.edxml"
        call updateStatus "docId=$id" status=done <<<'{}' >"$work/updated"
        echo "$work/$id.edxml"
    done
}

day=$(TZ=UTC-7 date +%Y/%m/%d) number=$(date +%s)
for name in letter status; do
    values="s|@FROM@|$from|g; s|@TO@|$to|g; s|@DAY@|$day|g; s|@NUMBER@|$number|g"
    sed "$values" "$folder/$name.edxml" >"$work/$name.edxml"
done
as_sender
document=$(send edoc "$work/letter.edxml" "$from")
echo "sent $document"

as_receiver
receive edoc >"$work/files"
cmp "$work/letter.edxml" "$(tail -n 1 "$work/files")"
echo "received $document byte for byte"
send status "$work/status.edxml" "$to" >"$work/reported"

as_sender
receive status >"$work/files"
while read -r file; do
    echo "status $document $(sed -n 's|.*StatusCode>\(..\)</.*|\1|p' "$file") $to"
done <"$work/files"
