# wimplan: see README.md, or `make help`.
#
#   CC=clang          another compiler
#   CFLAGS=…          optimisation and debugging; warnings and hardening are added
#   BUILD=DIR         where everything is built (default: build)
#   PREFIX, DESTDIR   where `make install` puts it (default: /usr/local)
#   V=1               show the commands

CC ?= cc
CFLAGS ?= -O2 -g
BUILD ?= build
PREFIX ?= /usr/local
WERROR ?=
SANITIZE ?=
V ?=

, := ,
PACKAGES := libxml-2.0 sqlite3 jansson libcrypto smartcols libarchive
FRONT_PACKAGES := libxml-2.0 jansson
APPLY_PACKAGES := libcurl libxml-2.0 sqlite3 jansson libcrypto libarchive
EXPORT_PACKAGES := $(filter-out sqlite3,$(APPLY_PACKAGES))
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wimplicit-fallthrough \
	-Wpointer-arith -Wwrite-strings -Wformat=2 $(WERROR)
# Where an indirect branch may go is marked where the machine can hold programs to it.
BRANCHES := $(patsubst x86_64%,-fcf-protection,$(patsubst aarch64%,-mbranch-protection=standard,$(filter x86_64% aarch64%,$(shell uname -m))))
HARDENING := $(BRANCHES) $(if $(SANITIZE)$(COVERAGE),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fstack-clash-protection -fPIE -ffile-prefix-map=$(CURDIR)=.
# SANITIZE=thread: the thread sanitizer, which goes with no other.
SANITIZERS := $(if $(SANITIZE),-fsanitize=$(if $(filter thread,$(SANITIZE)),thread,address$(,)undefined -fno-sanitize-recover=all) -fno-omit-frame-pointer)
ALL_CFLAGS = -std=c17 -ffunction-sections -fdata-sections -D_GNU_SOURCE -Iinclude -I$(BUILD)/generated $(WARNINGS) $(HARDENING) $(SANITIZERS) $(COVERAGE) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(SANITIZERS) $(COVERAGE) $(LDFLAGS)
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

LIB_SOURCES := $(filter-out src/program/% src/cli/% src/provider/% src/apply/% src/export/%,$(wildcard src/*/*.c src/*/*/*.c))
PROGRAM_SOURCES := $(wildcard src/program/*.c)
FRONT_SOURCES := src/cli/front.c src/cli/front_decompress.c
CLI_SOURCES := $(filter-out src/cli/main.c $(FRONT_SOURCES),$(wildcard src/cli/*.c))
APPLY_SOURCES := $(filter-out src/apply/main.c,$(wildcard src/provider/*.c src/apply/*.c))
EXPORT_SOURCES := $(wildcard src/export/*.c)
MKWIM_SOURCES := $(wildcard tests/tools/mkwim/*.c)
SITE_SOURCES := $(wildcard tests/site/*.c)
UNIT_SOURCES := $(wildcard tests/unit/*.c)
FUZZ_SOURCES := $(wildcard tests/fuzz/fuzz_*.c)
MAN_PAGES := $(patsubst man/%.scd,$(BUILD)/man/%,$(wildcard man/*.scd))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# The whole of wimplan, which the front, $(BUILD)/wimplan, calls.
WHOLE := $(BUILD)/libexec/wimplan/wimplan

all: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export man

# --- Building ---------------------------------------------------------------------------------------------------------

# What the libraries ask of the compiler and linker, found when it is first needed, so that `make deps demo` works in
# one call. pkg-config cannot answer for wimlib without -dev packages that Debian does not install with it: plain -lwim.
# A change of the compiler or the flags changes this file, and with it everything is built again.
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@{ pkg-config --cflags $(PACKAGES) && echo '$(ALL_CFLAGS) -pthread'; } > $@.new
	@printf '%s\n' '# $(CC)' > $@.cc.new
	@cmp -s $@.new $@ && cmp -s $@.cc.new $@.cc || { mv $@.new $@; mv $@.cc.new $@.cc; }
	@rm -f $@.new $@.cc.new
$(BUILD)/libs: $(BUILD)/flags
	@{ echo '-lwim -pthread'; pkg-config --libs $(PACKAGES); } > $@

ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(BUILD)/flags: | deps
endif

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) @$(BUILD)/flags -MMD -MP -c -o $@ $<

# The script of `show --format powershell` is kept as PowerShell and becomes C strings; the plan goes behind its first file.
SCRIPT_PARTS := $(sort $(wildcard src/report/powershell/*.ps1))
to_c = sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/'
$(BUILD)/generated/powershell_%.inc: $(SCRIPT_PARTS)
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(to_c) $(if $(filter head,$*),$(firstword $^),$(wordlist 2,99,$^)) > $@.new && mv $@.new $@
$(BUILD)/obj/src/report/plan_powershell.o: $(BUILD)/generated/powershell_head.inc $(BUILD)/generated/powershell_body.inc

$(BUILD)/libwimplan.a: $(call objects,$(LIB_SOURCES))
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/libcli.a: $(call objects,$(CLI_SOURCES) $(PROGRAM_SOURCES))
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(WHOLE): $(call objects,src/cli/main.c) $(BUILD)/libcli.a $(BUILD)/libwimplan.a $(BUILD)/libs
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %/libs,$^) @$(BUILD)/libs

# What is called: it starts quickly, for of the libraries it links only what an inspect of header and XML takes, and finds the whole
# one where that stands beside it. Functions that nothing calls are left out, and with them what they would take of wimlib; where a
# sanitizer keeps them it is linked all the same.
#
# libcrypto alone takes as long to load as the rest. Of it SHA-256 and SHA-1 are needed, seven small objects, which are linked into the
# program where there is a libcrypto.a, as in Debian's libssl-dev.
$(BUILD)/front-libs: $(BUILD)/flags
	@{ echo '$(if $(SANITIZE)$(COVERAGE),-lwim) -pthread'; pkg-config --libs $(FRONT_PACKAGES); \
		if [ -e "$$($(CC) -print-file-name=libcrypto.a)" ]; then echo -l:libcrypto.a; else pkg-config --libs libcrypto; fi; } > $@
$(BUILD)/wimplan: $(call objects,$(FRONT_SOURCES)) $(BUILD)/libcli.a $(BUILD)/libwimplan.a $(BUILD)/front-libs $(WHOLE)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -Wl,--gc-sections -o $@ $(filter-out %-libs $(WHOLE),$^) @$(BUILD)/front-libs

# What wimplan-apply links is not what wimplan links: curl instead of wimlib and the terminal tables.
$(BUILD)/libapply.a: $(call objects,$(APPLY_SOURCES) $(PROGRAM_SOURCES))
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^
$(BUILD)/apply-libs: $(BUILD)/flags
	@pkg-config --libs $(APPLY_PACKAGES) > $@

$(BUILD)/wimplan-apply: $(call objects,src/apply/main.c) $(BUILD)/libapply.a $(BUILD)/libwimplan.a $(BUILD)/apply-libs
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %-libs,$^) @$(BUILD)/apply-libs

# It reads no .wim and keeps no database: what it takes of the libraries' objects needs neither wimlib nor SQLite.
$(BUILD)/export-libs: $(BUILD)/flags
	@pkg-config --libs $(EXPORT_PACKAGES) > $@
$(BUILD)/wimplan-export: $(call objects,$(EXPORT_SOURCES)) $(BUILD)/libapply.a $(BUILD)/libwimplan.a $(BUILD)/export-libs
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %-libs,$^) @$(BUILD)/export-libs

$(BUILD)/mkwim: $(call objects,$(MKWIM_SOURCES)) $(BUILD)/libwimplan.a $(BUILD)/libs
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %/libs,$^) @$(BUILD)/libs

# Programs that start a computer, signed by keys of a moment, and a wimplan that takes their certificates for known.
$(BUILD)/mkboot: $(call objects,tests/tools/mkboot.c) $(BUILD)/libwimplan.a $(BUILD)/libs
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %/libs,$^) @$(BUILD)/libs
$(BUILD)/wimplan-other-authorities: $(call objects,tests/tools/other_authorities.c src/cli/main.c) $(BUILD)/libcli.a \
		$(BUILD)/libwimplan.a $(BUILD)/libs
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %/libs,$^) @$(BUILD)/libs

# The stand-in for a site's SMS Provider.
$(BUILD)/site-provider: $(call objects,$(SITE_SOURCES)) $(BUILD)/libwimplan.a $(BUILD)/libs
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %/libs,$^) @$(BUILD)/libs -lmicrohttpd

$(BUILD)/bare-requests: $(call objects,tests/bench/bare_requests.c) $(BUILD)/apply-libs
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %-libs,$^) @$(BUILD)/apply-libs

$(BUILD)/bench-link: tests/bench/link.c $(BUILD)/flags
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $$(pkg-config --cflags fuse3) $(ALL_LDFLAGS) -o $@ $< $$(pkg-config --libs fuse3) -pthread

$(BUILD)/unit-tests: $(call objects,$(UNIT_SOURCES)) $(BUILD)/libapply.a $(BUILD)/libwimplan.a $(BUILD)/libs $(BUILD)/apply-libs
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter-out %libs,$^) @$(BUILD)/libs @$(BUILD)/apply-libs -lcriterion

# The fuzz targets with a main() that replays files: gcc and the sanitizers suffice for the corpora. With LIBFUZZER=1 the
# main() is libFuzzer's.
FUZZERS := $(FUZZ_SOURCES:tests/fuzz/%.c=$(BUILD)/fuzz/%)
FUZZ_WRAPS = malloc calloc realloc strdup
FUZZ_PARTS := outputs documents memory $(if $(LIBFUZZER),,replay)
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(FUZZ_PARTS:%=$(BUILD)/obj/tests/fuzz/%.o) $(BUILD)/libapply.a \
		$(BUILD)/libwimplan.a $(BUILD)/libs $(BUILD)/apply-libs
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) $(FUZZ_WRAPS:%=-Wl,--wrap=%) -o $@ $(filter-out %libs,$^) @$(BUILD)/libs @$(BUILD)/apply-libs
$(BUILD)/fuzz/fuzz_provider: FUZZ_WRAPS += wp_ask
$(BUILD)/fuzz/fuzz_plan $(BUILD)/fuzz/fuzz_receipt: $(BUILD)/obj/tests/fuzz/mutate_json.o
$(addprefix $(BUILD)/fuzz/,fuzz_wim fuzz_tree fuzz_diff fuzz_blob): $(BUILD)/obj/tests/fuzz/mutate_wim.o
$(BUILD)/fuzz/fuzz_boot: $(BUILD)/obj/tests/fuzz/mutate_der.o
fuzzers: $(FUZZERS)

man: $(MAN_PAGES)
$(BUILD)/man/%: man/%.scd $(BUILD)/flags
	$(call say,MAN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)scdoc < $< > $@.new && mv $@.new $@

# --- Dependencies -----------------------------------------------------------------------------------------------------

TEST_GOALS := $(filter check% coverage bench,$(MAKECMDGOALS))
deps:
	@BUILD=$(BUILD) tests/deps.sh build $(if $(TEST_GOALS),test) $(filter check-valgrind check-release check-deb check-analysers deb coverage bench fuzz demo,$(MAKECMDGOALS)) \
		$(if $(filter check-html,$(MAKECMDGOALS)),html)

# --- Running and testing ----------------------------------------------------------------------------------------------

demo: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/site-provider
	@tests/demo.sh $(BUILD)

CHECKED := $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/site-provider $(BUILD)/unit-tests \
	$(BUILD)/mkboot $(BUILD)/wimplan-other-authorities
all-for-check: $(CHECKED) $(FUZZERS) man
check: all-for-check
	@tests/check.sh $(BUILD)

# The same tests in a build with AddressSanitizer and UndefinedBehaviorSanitizer; a report of theirs fails the run.
check-asan:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE=1 CFLAGS='-O1 -g' check

# What works on several threads, in a build with ThreadSanitizer.
check-threads:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/tsan SANITIZE=thread CFLAGS='-O1 -g' \
		$(addprefix $(BUILD)/tsan/,wimplan wimplan-apply wimplan-export mkwim site-provider)
	@tests/check-threads.py $(BUILD)/tsan

check-valgrind: $(BUILD)/wimplan $(BUILD)/mkwim $(BUILD)/unit-tests
	@tests/valgrind.sh $(BUILD)

# What make check tries a sample of: one allocation after the other fails under each command, all of them (half an hour).
check-memory-faults: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/site-provider
	@tests/check-memory.py $(BUILD) 1

# The same with calls on files (some ten minutes).
check-io-faults: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/site-provider
	@tests/check-faults.py $(BUILD) 1

# All 4,000 hostile inputs (some five minutes of two processors).
check-attacks: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/mkboot $(BUILD)/site-provider
	@tests/check-attacks.py $(BUILD)

# wimplan-apply and wimplan-export against a KDC and a web server of Debian's, made and started by the test.
check-kerberos: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/site-provider
	@tests/apply/kerberos.py $(BUILD)

# The same with the web server asking for NTLM.
check-ntlm: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/site-provider
	@tests/apply/ntlm.py $(BUILD)

# The scripts for the site in a real PowerShell: PWSH=PROGRAM, the one that deps installs where there is a .NET SDK, or pwsh.
check-powershell: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/site-provider $(BUILD)/fuzz/fuzz_plan
	@tests/powershell/all.py $(BUILD)

# The README's two commands on the other Debian release, and the demo's plan there and here.
check-release: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/site-provider
	@tests/other-release.sh $(BUILD) || [ $$? = 3 ]

check-samples: $(BUILD)/wimplan $(BUILD)/mkwim
	@tests/samples.sh $(BUILD) $(SAMPLES)

# The HTML reports in headless Chromium at the width of a desk and of a phone; skipped where there is none.
check-html: $(BUILD)/wimplan $(BUILD)/mkwim $(BUILD)/mkboot $(BUILD)/wimplan-other-authorities
	@tests/check-html.py $(BUILD)

# gcc -fanalyzer, clang-tidy, cppcheck and shellcheck over the sources. ANALYSE=all: also what takes clang ten minutes.
check-analysers: $(BUILD)/flags $(BUILD)/generated/powershell_head.inc $(BUILD)/generated/powershell_body.inc
	@tests/analysers/analyse.sh $(BUILD) $(ANALYSE)

coverage:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/coverage COVERAGE='--coverage -fprofile-update=atomic' CFLAGS='-O0 -g' all-for-check
	@tests/coverage.sh $(BUILD)/coverage

bench: $(BUILD)/wimplan $(BUILD)/wimplan-apply $(BUILD)/wimplan-export $(BUILD)/mkwim $(BUILD)/mkboot $(BUILD)/site-provider $(BUILD)/bare-requests $(BUILD)/bench-link
	@tests/bench/table.py $(BUILD) begin
	@tests/bench/bench.py $(BUILD) $(BENCH)
	@tests/bench/scale_bench.py $(BUILD) $(BENCH)
	@tests/bench/apply_bench.py $(BUILD) $(BENCH)
	@tests/bench/export_bench.py $(BUILD) $(BENCH)
	@tests/bench/diff_bench.py $(BUILD)
	@tests/bench/boot_bench.py $(BUILD)
	@tests/bench/hierarchy_bench.py $(BUILD)
	@tests/bench/link_bench.py $(BUILD)
	@tests/bench/table.py $(BUILD) end

# Fuzzes every target for SECONDS with clang's libFuzzer, from the corpora in tests/fuzz/corpus.
SECONDS ?= 60
fuzz: $(BUILD)/flags
	@tests/fuzz/fuzz.sh $(BUILD)/fuzzing $(SECONDS)

# --- Installing -------------------------------------------------------------------------------------------------------

install: all
	@tests/install.sh install $(BUILD) "$(DESTDIR)$(PREFIX)"

# The Debian package, of this machine's release and architecture.
deb: all
	@src/deb/build.sh $(BUILD)

# It is made twice, in two folders, and installed into a bare Debian of this release, where it runs the demo.
check-deb: all $(BUILD)/mkwim $(BUILD)/site-provider
	@tests/deb.sh $(BUILD) || [ $$? = 3 ]

uninstall:
	@tests/install.sh uninstall $(BUILD) "$(DESTDIR)$(PREFIX)"

clean:
	rm -rf $(BUILD)

help:
	@echo 'make                  build wimplan and its manual pages in $(BUILD)/'
	@echo 'make deps             install what is missing to build it (with check, demo …: to do that)'
	@echo 'make demo             run the main job on WIM files that are made for it'
	@echo 'make check            all tests'
	@echo 'make check-asan       the same with the address and undefined-behaviour sanitizers'
	@echo 'make check-threads    what works on several threads, with ThreadSanitizer'
	@echo 'make check-valgrind   unit tests and text cases under valgrind'
	@echo 'make check-memory-faults  every allocation of every command fails once, and from then on (check: a sample)'
	@echo 'make check-io-faults  every call on a file that every command makes fails (check: a sample)'
	@echo 'make check-attacks    4,000 hostile inputs (check: a sample)'
	@echo 'make check-kerberos   wimplan-apply and wimplan-export with real Kerberos'
	@echo 'make check-ntlm       wimplan-apply and wimplan-export with real NTLM'
	@echo 'make check-powershell  the scripts for the site in PowerShell (deps installs it where .NET is)'
	@echo 'make check-release    make deps demo and make deps check on the other Debian release (root)'
	@echo 'make check-samples SAMPLES=DIR   read real samples in DIR/xml and DIR/task-sequences'
	@echo 'make check-html       HTML reports in headless Chromium (deps installs it)'
	@echo 'make check-analysers   gcc -fanalyzer, clang-tidy, cppcheck, shellcheck (ANALYSE=all: also clang-analyzer)'
	@echo 'make coverage         tests with a coverage report'
	@echo 'make bench            benchmarks against wimlib-imagex (BENCH=N: packages)'
	@echo 'make fuzz SECONDS=60  fuzz every target with libFuzzer'
	@echo 'make install          into $(PREFIX) (PREFIX=, DESTDIR=); make uninstall takes it away'
	@echo 'make deb              the Debian package; make check-deb installs it into a bare Debian (root)'
	@echo 'make clean            remove $(BUILD)/'
	@echo 'Variables: CC, CFLAGS, LDFLAGS, BUILD, V=1'

FORCE:
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all all-for-check man deps demo check check-asan check-threads check-valgrind check-memory-faults check-io-faults check-attacks check-kerberos check-ntlm check-powershell check-release check-samples check-html check-analysers coverage bench fuzz fuzzers install deb check-deb uninstall clean help FORCE
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
