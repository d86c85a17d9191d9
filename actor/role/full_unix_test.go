//go:build unix

package role_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/layer-cake/layer-cake/actor/role"
)

// fullDisk names the home that a child process destroys while no file may grow,
// which is as good as a full disk. It is a process of its own because the limit is
// one of the process, and the test's own files may grow.
const fullDisk = "HOME_ON_A_FULL_DISK"

// A home can be removed from a disk that is full; often that is why.
func TestDestroyOnAFullDisk(t *testing.T) {
	if path := os.Getenv(fullDisk); path != "" {
		destroyWithoutRoom(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "home")
	if _, err := role.Create(path, role.Group{}); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self, "-test.run=^TestDestroyOnAFullDisk$")
	child.Env = append(os.Environ(), fullDisk+"="+path)
	if said, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, said)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the home is still there: %v", err)
	}
}

func destroyWithoutRoom(t *testing.T, path string) {
	h, err := role.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Lock(); err == nil {
		t.Error("the disk is not full")
	}
	if err := h.Destroy(); err != nil {
		t.Error(err)
	}
}
