# What a developer runs. `bash .ci/run` is the gate.
FOR ?= 30s
COUNT ?= 5

check: ## format, vet, staticcheck, tests
	test -z "$$(gofmt -l .)"
	go vet ./... && go tool staticcheck ./...
	go test ./...
race:
	go test -race ./...
fuzz: ## every fuzz target for a while: make fuzz FOR=10m
	bash .ci/fuzz $(FOR)
bench: ## every figure of BENCHMARKS.md
	go run ./examples/latency
	go test -run='^$$' -bench=. -benchmem -count=$(COUNT) ./...
accept: ## the demo
	go run ./examples/multihosting
chaos: ## real processes that die, stop and are cut off: make chaos FOR=10m
	go run ./examples/chaos -for=$(FOR)
.PHONY: check race fuzz bench accept chaos
