//go:build tools

// Pins Toxiproxy and everything it is built from: `go build github.com/Shopify/toxiproxy/v2/cmd/server` in this folder builds exactly this version.
package tools

import _ "github.com/Shopify/toxiproxy/v2/cmd/server"
