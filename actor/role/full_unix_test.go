//go:build unix

package role_test

import (
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/layer-cake/layer-cake/actor/role"
)

// A home can be removed from a disk that is full; often that is why.
func TestDestroyOnAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "home")
	h, err := role.Create(path, role.Group{})
	if err != nil {
		t.Fatal(err)
	}
	// No file may grow meanwhile, which is as good as a full disk.
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	full := limit
	full.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	_, lockErr := h.Lock()
	err = h.Destroy()
	if e := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); e != nil {
		t.Fatal(e)
	}
	if lockErr == nil {
		t.Error("the disk was not full")
	}
	if err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the home is still there: %v", err)
	}
}
