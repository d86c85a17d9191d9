package directory

import "testing"

// The script's keys scope and parent are the machine's scope and the narrowest
// its parent could have; they are process and host unless said.
func TestMachineScripts(t *testing.T) {
	runScripts(t, "machine", func(keys map[string]string) stepper {
		scope, narrowest := Process, Host
		if keys["scope"] != "" {
			var err error
			if scope, err = parseScope(keys["scope"]); err != nil {
				t.Fatal(err)
			}
			if narrowest, err = parseScope(keys["parent"]); err != nil {
				t.Fatal(err)
			}
		}
		return NewMachine(scope, narrowest)
	})
}
