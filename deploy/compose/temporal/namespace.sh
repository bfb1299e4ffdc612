#!/bin/sh
# Create the namespace, with the retention that histories need (docs/deployment.md#namespace).
set -eu
until temporal operator cluster health; do sleep 2; done
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 3650d
