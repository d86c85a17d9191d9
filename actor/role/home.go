package role

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"
)

// DefaultHome is the folder that is meant where none is named.
const DefaultHome = ".layer-cake"

// version is that of the layout. It is also how a home is known for one.
const version = 1

// Group is what is kept for group-cake, the directory of the composite process.
type Group struct {
	// DirectoryAtHost and DirectoryAtLAN are the parent directory, host:port.
	// At most one is set; with none the parent is found.
	DirectoryAtHost string `json:"directory_at_host,omitempty"`
	DirectoryAtLAN  string `json:"directory_at_lan,omitempty"`
}

// A Home is the folder of a composite process. Its methods may be called from
// several processes at once.
type Home struct {
	path     string // as given, for messages
	absolute string
}

// groupFile is group.json.
type groupFile struct {
	Version int `json:"version"`
	Group
}

// Create makes a home at path, and the folders above it as needed. The error
// matches fs.ErrExist if there is anything at path.
func Create(path string, group Group) (*Home, error) {
	h, err := at(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(h.absolute); err == nil {
		return nil, fmt.Errorf("%s: %w", path, fs.ErrExist)
	}
	above, name := filepath.Split(h.absolute)
	if err := os.MkdirAll(above, 0o755); err != nil {
		return nil, err
	}
	// Made beside its place and moved there, so that half a home is never seen.
	fresh, err := os.MkdirTemp(above, name+".new-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(fresh)
	err = errors.Join(
		os.Chmod(fresh, 0o755),
		os.Mkdir(filepath.Join(fresh, "role"), 0o755),
		os.WriteFile(filepath.Join(fresh, "lock"), nil, 0o644),
		os.WriteFile(filepath.Join(fresh, "changes"), nil, 0o644),
		write(filepath.Join(fresh, "group.json"), groupFile{version, group}),
	)
	if err != nil {
		return nil, err
	}
	if err := os.Rename(fresh, h.absolute); err != nil {
		return nil, err
	}
	return h, nil
}

// Open returns the home at path. The error says so if there is none, when it
// matches fs.ErrNotExist, or if the folder is something else.
func Open(path string) (*Home, error) {
	h, err := at(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(h.absolute)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, absentError{path}
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s: it is not a folder", path)
	}
	if _, err := h.Group(); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: it is not the home of a composite process: it has no group.json", path)
	} else if err != nil {
		return nil, err
	}
	return h, nil
}

// An absentError says that there is no home. That a path does not exist need not
// be said once more.
type absentError struct{ path string }

func (e absentError) Error() string        { return printable(e.path) + ": there is no such home" }
func (e absentError) Is(target error) bool { return target == fs.ErrNotExist }

func at(path string) (*Home, error) {
	if path == "" {
		return nil, errors.New("the path of the home is empty")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return &Home{path, absolute}, nil
}

// Path is the absolute path of the home.
func (h *Home) Path() string { return h.absolute }

// Group returns what is kept for group-cake.
func (h *Home) Group() (Group, error) {
	var g groupFile
	if err := read(h.file("group.json"), &g); err != nil {
		return Group{}, err
	}
	if g.Version != version {
		return Group{}, fmt.Errorf("%s: version %d of the layout, this program knows %d",
			h.file("group.json"), g.Version, version)
	}
	return g.Group, nil
}

// List returns the roles, sorted as people count: worker-2 before worker-10. It
// waits for an Add to end.
func (h *Home) List() ([]Role, error) {
	whole, err := h.roles((*flock.Flock).TryRLockContext)
	if err != nil {
		return nil, err
	}
	defer whole.Close()
	entries, err := os.ReadDir(h.file("role"))
	if err != nil {
		return nil, err
	}
	var roles []Role
	for _, e := range entries {
		if e.Name()[0] == '.' {
			continue // left by an Add that was killed
		}
		r, err := h.role(e.Name())
		if err != nil {
			return nil, err
		}
		roles = append(roles, r)
	}
	slices.SortFunc(roles, func(a, b Role) int { return compareNames(a.Name, b.Name) })
	return roles, nil
}

// Destroy removes the home and all that is in it. The error is a *RunningError
// if it runs. After an error the home may be in part removed, but is then not
// found at its path any more.
func (h *Home) Destroy() error {
	l, err := h.seize()
	if err != nil {
		return err
	}
	defer l.Close()
	changes, err := h.roles((*flock.Flock).TryLockContext)
	if err != nil {
		return err
	}
	defer changes.Close()
	// A home that is a link: the folder goes, and the link.
	folder, err := filepath.EvalSymlinks(h.absolute)
	if err != nil {
		return err
	}
	above, name := filepath.Split(folder)
	gone, err := os.MkdirTemp(above, name+".gone-*")
	if err != nil {
		return err
	}
	// Moved away first, so that half a home is never seen.
	if err := os.Rename(folder, filepath.Join(gone, name)); err != nil {
		os.Remove(gone)
		return err
	}
	if err := os.Remove(h.absolute); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(gone)
}

func (h *Home) file(elements ...string) string {
	return filepath.Join(append([]string{h.absolute}, elements...)...)
}
