#!/bin/sh
# Installs into a folder, moves it, and runs the program from there: everything is found beside it.
# usage: install_test.sh BUILD_FOLDER
set -eu
folder=$(mktemp -d /tmp/shapeflow-install-XXXXXX)
trap 'rm -rf "$folder"' EXIT
cmake --install "$1" --prefix "$folder/first" >/dev/null
mv "$folder/first" "$folder/second"
prefix=$folder/second
for file in bin/shapeflow share/shapeflow/assets/strings/en.txt share/shapeflow/assets/models/flatten_question.py share/shapeflow/fonts/Inter-Regular.otf \
            share/applications/shapeflow.desktop share/icons/hicolor/scalable/apps/shapeflow.svg share/mime/packages/shapeflow.xml share/man/man1/shapeflow.1; do
    [ -s "$prefix/$file" ] || { echo "not installed: $file" >&2; exit 1; }
done
# What stands beside the binary goes before the source tree.
sed -i 's/^model.none = .*/model.none = from the prefix/' "$prefix/share/shapeflow/assets/strings/en.txt"
cd /
"$prefix/bin/shapeflow" summary "$prefix/share/shapeflow/assets/models/flatten_question.py" | grep -q 'Total params: 244'
"$prefix/bin/shapeflow" render "$prefix/share/shapeflow/assets/models/flatten_question.py" -o "$folder/a.png"
[ -s "$folder/a.png" ]
echo 'x = 1' | "$prefix/bin/shapeflow" shapes - 2>&1 | grep -q 'from the prefix'
