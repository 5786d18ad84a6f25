//go:build tools

// Pins the API server of Kubernetes, its client, and everything they are built from. The staging modules of k8s.io/kubernetes have
// numbers of their own, which the replacements in go.mod name.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
