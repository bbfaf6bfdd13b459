# make run     shows Isthmus at work in a browser: see cmd/demo
# make test    all tests, against real servers; installs first what they need (make deps)
# make deps    installs what the tests and the demo need: Debian's packages that are missing, and the browser's driver
# make build   build/isthmus; make cross: static binaries for two architectures
# make docs    writes what is made from the code: docs/xeps.md, docs/isthmus.doap
# make bench    measures the whole path and writes the table in docs/speed.md; make bench-parts: the benchmarks of its parts
# make lint     staticcheck over everything
# make fuzz     FUZZTIME=10s for each fuzz test

GO_NEEDED := $(shell awk '$$1 == "go" { print $$2 }' go.mod)
STATIC    := CGO_ENABLED=0 go build -trimpath
SUDO      := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT       := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120
FUZZTIME  ?= 10s
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: run test deps build cross docs bench bench-parts lint fuzz go-version

# The demo replaces the shell, so that a signal to make reaches it.
run: go-version
	@mkdir -p .demo && go build -o .demo/demo ./cmd/demo && exec .demo/demo

test: deps
	go vet ./...
	go test -race -timeout 15m -parallel 4 ./...

deps: go-version
	@missing=$$(go run ./integration_test/servers/packages) && if [ -n "$$missing" ]; then \
		$(APT) -qq update && $(APT) install -y --no-install-recommends $$missing; fi
	@cd integration_test/browser && if ! cmp -s package-lock.json node_modules/installed; then \
		npm ci --ignore-scripts --no-audit --no-fund && cp package-lock.json node_modules/installed; fi

build: go-version
	$(STATIC) -o build/isthmus ./cmd/isthmus

cross: go-version
	GOOS=linux GOARCH=amd64 $(STATIC) -o build/isthmus-linux-amd64 ./cmd/isthmus
	GOOS=linux GOARCH=arm64 $(STATIC) -o build/isthmus-linux-arm64 ./cmd/isthmus

docs: go-version
	go run ./cmd/xeps docs

bench: go-version
	go run ./integration_test/load -doc docs/speed.md

bench-parts: go-version
	go test -run '^$$' -bench . -benchmem ./...

lint: go-version
	go run $(STATICCHECK) ./...

fuzz: go-version
	@set -e; for package in $$(go list ./...); do \
		for name in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$name"; go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package; \
		done; done

go-version:
	@command -v go > /dev/null || { \
		echo "Isthmus needs Go $(GO_NEEDED) or newer, and there is no go in PATH: get it from https://go.dev/dl/" >&2; exit 1; }
	@have=$$(go env GOVERSION 2> /dev/null || go version | cut -d' ' -f3); have=$${have#go}; \
	[ "$$(printf '%s\n' $(GO_NEEDED) "$$have" | sort -V | head -n 1)" = $(GO_NEEDED) ] || { \
		echo "Isthmus needs Go $(GO_NEEDED) or newer, and this is Go $$have: get it from https://go.dev/dl/" >&2; exit 1; }
