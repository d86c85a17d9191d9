package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// listed checks that so many names with a prefix are in a host-cake, by the
// listing of layer-cake network.
func (s *stage) listed(h *host, prefix string, want int) error {
	c := exec.CommandContext(s.ctx, s.bin("layer-cake"), "network", "--list-published", "--json", "--connect-to-directory="+h.address)
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		return err
	}
	got, err := countListed(out, prefix)
	if failed := c.Wait(); err == nil && failed != nil {
		err = fmt.Errorf("layer-cake network: %w\n%s", failed, said.String())
	}
	if err == nil && got != want {
		err = fmt.Errorf("host-cake lists %d names that begin with %s, not %d", got, prefix, want)
	}
	return err
}

// countListed counts the names of the first directory of a listing, which is the
// root.
func countListed(listing io.Reader, prefix string) (n int, err error) {
	root := ""
	lines := json.NewDecoder(bufio.NewReader(listing))
	for {
		var line struct{ Kind, Process, Directory, Name string }
		switch err := lines.Decode(&line); {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return 0, fmt.Errorf("layer-cake network: %w", err)
		}
		switch {
		case line.Kind == "directory" && root == "":
			root = line.Process
		case line.Kind == "publication" && line.Directory == root && strings.HasPrefix(line.Name, prefix+":"):
			n++
		}
	}
}
