#!/bin/sh
# Installs parts of what was built, or removes them: install.sh install|remove PART...   (parts: codec container mockclipper)
# The folders come from the variables of install.mk. `make install` calls it, from the project's root.
set -eu
B=${B:-build}
action=$1
shift

# What is installed, a line each: HOW | SOURCE | DESTINATION. HOW is a mode, "fill" for a template, or "link", of which the
# source is where it leads.
files() { # files MODE FOLDER FILE...
    mode=$1
    folder=$2
    shift 2
    for file; do
        if [ -L "$file" ]; then
            echo "link|$(readlink "$file")|$folder/$(basename "$file")"
        else
            echo "$mode|$file|$folder/$(basename "$file")"
        fi
    done
}
library() { # library NAME
    files 644 "$INCLUDEDIR/clipper" "$1"/include/clipper/*.h
    files 644 "$LIBDIR" "$B/libclipper-$1.a"
    echo "644|$B/libclipper-$1.so|$LIBDIR/libclipper-$1.so.$VERSION"
    echo "link|libclipper-$1.so.$VERSION|$LIBDIR/libclipper-$1.so.$SOVERSION"
    echo "link|libclipper-$1.so.$SOVERSION|$LIBDIR/libclipper-$1.so"
    echo "fill|$1/clipper-$1.pc.in|$PKGCONFIGDIR/clipper-$1.pc"
    echo "fill|$1/clipper-$1-config.cmake.in|$CMAKEDIR/clipper-$1/clipper-$1-config.cmake"
    echo "fill|.packaging/config-version.cmake.in|$CMAKEDIR/clipper-$1/clipper-$1-config-version.cmake"
    files 644 "$MANDIR/man3" "$B/man/$1"/*.3
}
command_files() { # command_files NAME
    files 755 "$BINDIR" "$B/$1"
    files 644 "$MANDIR/man1" "$B/man/$1.1"
    echo "644|$B/completion/$1.bash|$DATADIR/bash-completion/completions/$1"
    echo "644|$B/completion/$1.zsh|$DATADIR/zsh/site-functions/_$1"
    echo "644|$B/completion/$1.fish|$DATADIR/fish/vendor_completions.d/$1.fish"
}
part() {
    case $1 in
    codec)
        library codec
        files 644 "$DOCDIR" README.md CHANGELOG.md LICENSE codec/SECURITY.md spec/clipper-rpc.md
        files 644 "$DATADIR/clipper-rpc" spec/*.json
        files 644 "$DATADIR/clipper-rpc/vectors" spec/vectors/*.json spec/vectors/README.md
        files 644 "$DATADIR/clipper-rpc/vectors/eras" spec/vectors/eras/*.json
        ;;
    container)
        library container
        command_files clipper-container
        ;;
    mockclipper)
        command_files mockclipper
        files 644 "$DATADIR/clipper-rpc" spec/*.json
        ;;
    *)
        echo "install.sh: no part is called $1" >&2
        exit 2
        ;;
    esac
}

headers=$(python3 -c 'import os, sys; print(os.path.relpath(*sys.argv[1:]))' "$INCLUDEDIR" "$LIBDIR")
fill() {
    sed -e "s|@PREFIX@|$PREFIX|; s|@LIBDIR@|$LIBDIR|; s|@INCLUDEDIR@|$INCLUDEDIR|; s|@HEADERS@|$headers|" \
        -e "s|@VERSION@|$VERSION|; s|@SOVERSION@|$SOVERSION|" "$1"
}
install_one() { # install_one HOW SOURCE DESTINATION
    mkdir -p "$(dirname "$3")"
    case $1 in
    link) ln -sf "$2" "$3" ;;
    fill) fill "$2" >"$3" && chmod 644 "$3" ;;
    *) install -m "$1" "$2" "$3" ;;
    esac
}
# The folder goes, too, if it is ours (its name says so) and empty.
remove_one() {
    rm -f "$3"
    folder=$(dirname "$3")
    while case $folder in "$DESTDIR$PREFIX"*/clipper*) true ;; *) false ;; esac; do
        rmdir "$folder" 2>/dev/null || break
        folder=$(dirname "$folder")
    done
}

for name; do
    part "$name"
done | while IFS='|' read -r how source destination; do
    "${action}_one" "$how" "$source" "$DESTDIR$destination"
done
