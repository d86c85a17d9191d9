package main

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// cutAll cuts every connection of this process at the socket, behind the back of who
// uses it, in the midst of whatever is said, and returns how many that were.
func cutAll() (int, error) {
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0, err
	}
	n := 0
	for _, f := range files {
		fd, err := strconv.Atoi(f.Name())
		if err != nil {
			return n, err
		}
		target, err := os.Readlink(filepath.Join("/proc/self/fd", f.Name()))
		if err != nil {
			continue // the folder itself, or closed meanwhile
		}
		if ok, _ := filepath.Match("socket:*", target); !ok {
			continue
		}
		if _, err := syscall.Getpeername(fd); err != nil {
			continue // it listens
		}
		if syscall.Shutdown(fd, syscall.SHUT_RDWR) == nil {
			n++
		}
	}
	return n, nil
}
