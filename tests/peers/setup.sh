#!/bin/sh
# Makes the containers of this folder runnable: setup.sh [LANGUAGE...]   (python, node, java, cpp; default: all)
#
# Each becomes $B/peers/LANGUAGE/container, a command that is started like any container. Nothing is installed
# on the system; npm installs the one package that the Node.js container needs into $B/peers/node. For a
# language whose tools are missing $B/peers/LANGUAGE/missing says which, and how Debian calls them; the
# container is then not there. What is up to date is not made again. Exit status 1: tools are there, and it failed.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
case $B in /*) ;; *) B=$PWD/$B ;; esac
out=$B/peers
here=tests/peers
root=$PWD

# missing LANGUAGE TEXT
missing() {
    echo "$1: missing: $2"
    echo "$2" >$out/"$1"/missing
    return 0
}

# up_to_date LANGUAGE: the container is there, and newer than every source of it and than this script
up_to_date() {
    [ -x $out/"$1"/container ] && [ ! -e $out/"$1"/missing ] &&
        [ -z "$(find $here/"$1" $here/setup.sh -type f -newer $out/"$1"/container)" ]
}

# launcher LANGUAGE COMMAND...: $B/peers/LANGUAGE/container runs that
launcher() {
    language=$1
    shift
    printf '#!/bin/sh\nexec %s "$@"\n' "$*" >$out/"$language"/container.new
    chmod +x $out/"$language"/container.new
    mv $out/"$language"/container.new $out/"$language"/container
}

make_python() {
    for python in /usr/bin/python3 python3; do
        if $python -c 'import zmq' 2>/dev/null; then
            launcher python "$python" -B "'$root/$here/python/container.py'"
            return
        fi
    done
    missing python "python3 with pyzmq (Debian: python3-zmq)"
}

make_node() {
    if ! command -v node >/dev/null; then
        missing node "node (Debian: nodejs)"
        return
    fi
    if ! command -v npm >/dev/null; then
        missing node "npm (Debian: npm)"
        return
    fi
    cp $here/node/package.json $here/node/package-lock.json $out/node/
    # The package brings its library built: none of its scripts need run.
    if ! (cd $out/node && timeout 180 npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 \
        --fetch-timeout=30000) >$out/node/npm.log 2>&1; then
        missing node "the npm package zeromq: npm cannot install it here (see $out/node/npm.log)"
        return
    fi
    NODE_PATH=$out/node/node_modules node -e 'require("zeromq")' >>$out/node/npm.log 2>&1 || {
        missing node "a library of the npm package zeromq that runs here (see $out/node/npm.log)"
        return
    }
    launcher node "env NODE_PATH='$out/node/node_modules' node '$root/$here/node/container.js'"
}

make_java() {
    jar=/usr/share/java/jeromq.jar
    if ! command -v javac >/dev/null || ! command -v java >/dev/null; then
        missing java "javac and java, 17 or newer (Debian: default-jdk-headless)"
        return
    fi
    release=$(javac -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')
    if [ "$release" -lt 17 ] 2>/dev/null; then
        missing java "javac 17 or newer, this is $release (Debian: default-jdk-headless)"
        return
    fi
    if [ ! -e $jar ]; then
        missing java "$jar (Debian: libjeromq-java)"
        return
    fi
    javac -Xlint:all -Werror -cp $jar -d $out/java/classes $here/java/*.java || return 1
    # Quick to start, as it is started for each scenario, and with a small nursery: garbage is collected before it looks
    # like memory that grows.
    launcher java "java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmn16m -cp '$out/java/classes:$jar' Container"
}

make_cpp() {
    compiler=${CXX:-c++}
    if ! command -v "$compiler" >/dev/null; then
        missing cpp "a C++17 compiler (Debian: g++)"
        return
    fi
    if ! echo '#include <zmq_addon.hpp>' | $compiler -std=c++17 -fsyntax-only -x c++ - 2>/dev/null; then
        missing cpp "zmq.hpp and zmq_addon.hpp (Debian: cppzmq-dev)"
        return
    fi
    $compiler -std=c++17 -O2 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -pthread \
        -o $out/cpp/container.new $here/cpp/container.cpp -lzmq || return 1
    mv $out/cpp/container.new $out/cpp/container
}

status=0
[ $# -gt 0 ] || set -- python node java cpp
for language; do
    case $language in
    python | node | java | cpp) ;;
    *)
        echo "setup.sh: no container in '$language': python, node, java, cpp" >&2
        exit 2
        ;;
    esac
    up_to_date "$language" && continue
    mkdir -p $out/"$language"
    rm -f $out/"$language"/missing $out/"$language"/container
    if ! make_"$language"; then
        echo "$language: could not be built" >&2
        status=1
    fi
done
exit $status
