#!/bin/sh
# room_code.sh ROOM SOURCE TARGET: copy the code that this room's image carries, and nothing of another room.
set -eu
room=$1 source=$2 target=$3

mkdir -p "$target"
cp -r "$source/shared" "$target/"
cp "$source/deploy/images/start.sh" "$source/deploy/images/ready.py" "$target/"
if [ "$room" = gateway ]; then
    cp -r "$source/gateway" "$source/deploy/images/key.py" "$target/"
else
    mkdir -p "$target/services" "$target/deploy"
    cp "$source/services/__init__.py" "$target/services/"
    cp -r "$source/services/$room" "$target/services/"
    cp "$source/deploy/__init__.py" "$source/deploy/serve.py" "$source/deploy/migrate.py" "$source/deploy/rooms.py" "$target/deploy/"
fi
