package directory

import "testing"

func TestResolverScripts(t *testing.T) {
	runScripts(t, "resolver", func(map[string]string) stepper { return NewResolver() })
}
