#!/bin/sh
# Makes the kit folder: kit.sh FOLDER VERSION PROGRAM...   (`make kit`)
# The programs with all libraries they need and the loader, a launcher for each, licenses and a list of what is in it. The
# libraries are those that the loader finds, which EMULATOR runs if the programs are another machine's.
set -eu
B=${B:-build}
folder=$1
version=$2
shift 2
rm -rf "$folder"
mkdir -p "$folder/lib" "$folder/licenses"

loader=$($READELF -l "$1" | sed -n 's/.*program interpreter: \(.*\)]/\1/p')
libraries=$(for program; do
    $EMULATOR "$loader" --list "$program"
done | awk '$2 == "=>" && $3 ~ /^\// {print $3}' | sort -u)
cp -L $libraries "$folder/lib"
cp -L "$loader" "$folder/lib/loader"
for program; do
    $STRIP -o "$folder/lib/$(basename "$program")" "$program"
    cp "$B/kit-launcher" "$folder/$(basename "$program")"
done
chmod 755 "$folder/lib/"*

sed -e "s/@VERSION@/$version/; s/@MACHINE@/${folder##*-}/" .packaging/kit/README.txt >"$folder/README.txt"
cp LICENSE "$folder/licenses/clipper-rpc"
python3 .packaging/kit/sbom.py "$folder" "$version" "$SOURCE_DATE_EPOCH" $libraries "$loader"
.packaging/pack.sh "$folder" "$folder.tar.xz"
