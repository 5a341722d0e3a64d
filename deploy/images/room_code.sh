#!/bin/sh
# room_code.sh ROOM SOURCE TARGET: copy the code that an image carries, and nothing of another room.
set -eu
room=$1 source=$2 target=$3

mkdir -p "$target/deploy"
cp -r "$source/shared" "$target/"
cp "$source/deploy/images/start.sh" "$source/deploy/images/ready.py" "$target/"
cp "$source/deploy/__init__.py" "$target/deploy/"
case "$room" in
gateway)
    cp -r "$source/gateway" "$source/deploy/images/key.py" "$target/"
    ;;
demo)
    cp -r "$source/gateway" "$source/deploy/images/demo.py" "$target/" # the gateway's code knows how keys are made
    cp -r "$source/deploy/demo" "$source/deploy/stack" "$target/deploy/"
    ;;
prediction) # the job that learns: what qualification is, and what only learning needs
    mkdir "$target/services"
    cp "$source/services/__init__.py" "$target/services/"
    cp -r "$source/services/qualify" "$target/services/"
    ;;
*)
    mkdir "$target/services"
    cp "$source/services/__init__.py" "$target/services/"
    cp -r "$source/services/$room" "$target/services/"
    rm -rf "$target/services/qualify/prediction/learning"
    cp "$source/deploy/serve.py" "$source/deploy/migrate.py" "$source/deploy/rooms.py" "$target/deploy/"
    ;;
esac
