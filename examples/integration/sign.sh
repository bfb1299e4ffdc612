#!/bin/sh
# Print a decision with the signature of its person, to be sent over HTTP; docs/http.md says what each step does.
# Needs curl, jq and OpenSSH's ssh-keygen. The API key's file and the signing key stay on this machine.
#
#   sh sign.sh SERVICE API_KEY_FILE SIGNING_KEY_FILE PLATFORM DECISION.json > signed.json
set -eu
if [ $# -ne 5 ]; then
    echo "usage: sh sign.sh SERVICE API_KEY_FILE SIGNING_KEY_FILE PLATFORM DECISION.json > signed.json" >&2
    exit 2
fi
service=$1 api_key=$2 signing_key=$3 platform=$4 decision=$5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'Authorization: Bearer %s\n' "$(cat "$api_key")" > "$folder/header"

call() {
    curl -sS --fail-with-body -H "@$folder/header" -H 'Content-Type: application/json' "$@"
}

# What is signed: the decision, byte for byte, with its case and what it answers there.
call "$service/v1/platforms/$platform/decisions?dry_run=true" --data-binary "@$decision" > "$folder/tried.json" ||
    { cat "$folder/tried.json" >&2; exit 1; }
jq -j .to_sign "$folder/tried.json" > "$folder/to-sign.json"
ssh-keygen -q -Y sign -n pingtai-decision -f "$signing_key" "$folder/to-sign.json"
# That its person stands in the roster.
person=$(jq -r .actor.id "$decision")
call "$service/v1/roster/proof?person=$person" > "$folder/proof.json" ||
    { cat "$folder/proof.json" >&2; exit 1; }
# A plan stands in what is signed as its SHA-256: the decision is sent as it was said, with the case that was signed.
jq --rawfile signature "$folder/to-sign.json.sig" --slurpfile said "$folder/to-sign.json" --slurpfile found "$folder/proof.json" \
    '.case = $said[0].case
    | .signatures = [{sshsig: ($signature | gsub("-----[A-Z ]+-----|\n"; "")), proof: $found[0].proof}]' "$decision"
