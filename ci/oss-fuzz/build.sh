#!/bin/bash -eu
# Builds the fuzz targets with what the environment says: CC, CXX, CFLAGS, CXXFLAGS,
# LIB_FUZZING_ENGINE; from $SRC/wsproof, or from the tree that this file is in; in $WORK; into $OUT.
# Programs run elsewhere, on a machine without our libraries: these go with them.
: "${OUT:?}" "${WORK:?}" "${LIB_FUZZING_ENGINE:?}"
tree=${SRC:-}/wsproof
[ -e "$tree/CMakeLists.txt" ] || tree=$(cd "$(dirname "$0")/../.." && pwd)
corpus=$tree/corpus

# shellcheck disable=SC2016 # $ORIGIN is for the loader
cmake -G Ninja -S "$tree" -B "$WORK/wsproof" -DFUZZ=ON -DBUILD_TESTING=OFF \
    "-DFUZZ_ENGINE=$LIB_FUZZING_ENGINE" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    '-DCMAKE_EXE_LINKER_FLAGS=-Wl,-rpath,$ORIGIN/lib -Wl,--disable-new-dtags'
cmake --build "$WORK/wsproof" --target fuzz_targets

mkdir -p "$OUT/lib"
for program in "$WORK"/wsproof/targets/fuzz_*; do
    name=$(basename "$program")
    cp "$program" "$OUT/"
    ldd "$program" | sed -n 's/.* => \(\/.*\) (0x.*/\1/p' |
        grep -E '/lib(crypto|ssl|z|jansson|uv|idn2|unistring)\.so' |
        xargs -r cp -L -t "$OUT/lib"
    (cd "$corpus/${name#fuzz_}" && zip -q -X -r - .) >"$OUT/${name}_seed_corpus.zip"
done

# A dictionary goes by the name of its target.
while read -r target dict; do
    cp "$corpus/dict/$dict.dict" "$OUT/fuzz_$target.dict"
done <"$corpus/dict/targets"
