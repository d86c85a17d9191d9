# What a developer runs. `bash .ci/run` is the gate.
FOR ?= 30s
COUNT ?= 1
SEEDS ?= 5000
FROM ?= 0
PERIOD ?= 0s

check: ## format, vet, staticcheck, tests
	test -z "$$(gofmt -l .)"
	go vet ./... && go tool staticcheck ./... && go test ./...
race:
	go test -race ./...
sim: ## random trees by seed: make sim SEEDS=5000 FROM=0, or make sim PERIOD=1h
	GOGC=400 go test ./directory/directorytest -run='^TestSeeds$$' -count=1 -timeout=0 -v -seeds=$(SEEDS) -from=$(FROM) -for=$(PERIOD)
fuzz: ## every fuzz target for a while: make fuzz FOR=10m
	bash .ci/fuzz $(FOR)
bench: ## every figure of BENCHMARKS.md
	go run ./examples/latency
	cd examples/compare && go run .
	go test -run='^$$' -bench=. -benchmem -count=$(COUNT) ./...
accept: ## the demo
	go run ./examples/multihosting
chaos: ## real processes that die, stop and are cut off: make chaos FOR=10m
	go run ./examples/chaos -for=$(FOR)
soak: ## sessions come and go: what they leave behind is measured: make soak FOR=20m
	go run ./examples/soak -for=$(FOR)
.PHONY: check race sim fuzz bench accept chaos soak
