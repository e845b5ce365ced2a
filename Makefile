# Everything a person runs. Each target first installs, or names, the tools it
# misses: see scripts/setup.sh.
#
#   make demo                 the library, then every example, shown
#   make test                 all tests; the last line sums them up
#   make test-full            the same, and all of it under sanitizers and valgrind
#   make header               include/witrt.h and the lists beside it, made again of src/capi
#   make bench                ratios against glue by hand, the engine's C API, components
#   make bench-dotnet         ratios of the .NET library against glue by hand
#   make nupkg                the NuGet package, in build/package
#   make wheel                the Python package for this python3, in build/package
#   make bench-python         the Python package against the engine's own
#   make install PREFIX=/usr  library, headers, command, CMake and pkg-config files
#   make install PROFILE=dist the same, smaller and slower to build
#   make dist                 an archive of it for machines like this one, in build/
#   make release-check        whether this can be released: versions, names, packages tried
#   make clean                what these made, in this folder and of this crate

PREFIX ?= /usr/local
PROFILE ?= release

# Outside the clone, so that the engine is compiled once and not once a clone.
CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/libwitrt/target
export CARGO_TARGET_DIR
alone = scripts/alone.sh "$(CARGO_TARGET_DIR)"

.PHONY: all demo test test-full header bench bench-dotnet bench-python nupkg wheel install dist release-check clean

all:
	scripts/setup.sh cargo cc c++
	$(alone) cargo build --locked --profile $(PROFILE)

demo:
	scripts/setup.sh cargo cc c++ cmake make
	$(alone) scripts/demo.sh

test:
	scripts/setup.sh cargo rustfmt clippy cc c++ cmake make pkg-config valgrind dotnet python
	$(alone) scripts/test.sh

test-full:
	scripts/setup.sh cargo rustfmt clippy cc c++ cmake make pkg-config valgrind dotnet python
	$(alone) scripts/test.sh full

header:
	scripts/setup.sh cargo cc c++
	BLESS=1 $(alone) cargo test --release --locked --test header --test api -- the_header_is_current the_exported_symbols nothing_is_taken_away

bench:
	scripts/setup.sh cargo cc c++ cmake
	$(alone) scripts/bench.sh

bench-dotnet: all
	scripts/setup.sh dotnet
	$(alone) dotnet/bench.sh "$(CARGO_TARGET_DIR)/$(PROFILE)"

nupkg: all
	scripts/setup.sh dotnet
	$(alone) scripts/nupkg.sh build/package "$(CARGO_TARGET_DIR)/$(PROFILE)"

wheel: all
	scripts/setup.sh python
	$(alone) scripts/wheel.sh build/package

bench-python: wheel
	$(alone) python/bench.sh build/package

install: all
	$(alone) scripts/install.sh "$(PREFIX)" "$(CARGO_TARGET_DIR)/$(PROFILE)"

# The smaller build, unless PROFILE says otherwise.
dist release-check: PROFILE := $(if $(filter file,$(origin PROFILE)),dist,$(PROFILE))
dist: all
	$(alone) scripts/dist.sh "$(CARGO_TARGET_DIR)/$(PROFILE)" build

release-check: all
	scripts/setup.sh cargo cc c++ cmake make pkg-config dotnet python
	$(alone) scripts/release-check.sh "$(CARGO_TARGET_DIR)/$(PROFILE)"

clean:
	rm -rf build
	$(alone) cargo clean --package witrt --release
