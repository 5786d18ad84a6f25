//go:build tools

// Pins k6 and everything it is built from: `go install go.k6.io/k6/v2` in this folder builds exactly this version.
package tools

import _ "go.k6.io/k6/v2"
