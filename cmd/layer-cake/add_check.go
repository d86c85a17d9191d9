package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// module is what every Layer Cake program is built from.
const module = "github.com/layer-cake/layer-cake"

// checkTime is how long a program has to describe its settings.
const checkTime = 5 * time.Second

// checkSettings returns why the executable would not start with these arguments: its
// own reason, from a run with --describe-settings. Only programs that are built with
// Layer Cake are run so, and one that does not describe its settings is not checked.
func checkSettings(executable string, settings, words []string) error {
	if len(settings)+len(words) == 0 || !madeWithLayerCake(executable) {
		return nil
	}
	args := slices.Concat(settings, []string{"--describe-settings"})
	if len(words) > 0 {
		args = slices.Concat(args, []string{"--"}, words)
	}
	described, reason := describe(executable, args)
	if described || reason == "" {
		return nil
	}
	if able, _ := describe(executable, []string{"--describe-settings"}); !able {
		return nil
	}
	return fmt.Errorf("%s would not start: %s", quoted(executable), reason)
}

// madeWithLayerCake reports whether a file is a Go program that has the module in it.
func madeWithLayerCake(executable string) bool {
	info, err := buildinfo.ReadFile(executable)
	if err != nil {
		return false // no Go program
	}
	if info.Main.Path == module {
		return true
	}
	for _, d := range info.Deps {
		if d.Path == module {
			return true
		}
	}
	return false
}

// describe runs the executable, and reports whether it has printed settings. If not,
// reason is what it said first.
func describe(executable string, args []string) (described bool, reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), checkTime)
	defer cancel()
	var stdout, stderr bytes.Buffer
	c := exec.CommandContext(ctx, executable, args...)
	c.Stdout, c.Stderr = &stdout, &stderr
	c.WaitDelay = time.Second
	c.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { // the role has its own
		return strings.HasPrefix(s, actor.SettingPrefix) || strings.HasPrefix(s, "LAYER_CAKE_")
	})
	if err := c.Run(); err == nil {
		var list []struct {
			Name *string `json:"name"`
		}
		err := json.Unmarshal(stdout.Bytes(), &list)
		return err == nil && len(list) > 0 && list[0].Name != nil, ""
	}
	reason, _, _ = strings.Cut(stderr.String(), "\n")
	return false, strings.TrimPrefix(reason, filepath.Base(executable)+": ")
}
