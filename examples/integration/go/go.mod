module example.org/pingtai

go 1.24.0

// `go mod tidy` adds what these two need, and go.sum.
require (
	go.temporal.io/api v1.62.12
	go.temporal.io/sdk v1.44.1
)
