#!/bin/sh
# Plays the attacks of tests/attack (or those named in SCENES), each on temporary Macs of its own:
# what an account's owner tries there must not work. Against another build:
# BUILD=DIR sh tests/attack/test_attacks.sh
# Ends with: N passed, N failed, N skipped
set -u

SCENES=${SCENES:-$(echo tests/attack/*.scene)}
export SCENES
exec sh tests/scenes/test_scenes.sh
