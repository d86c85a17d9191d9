package role

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
)

// MaxCount is how many roles one Add may make.
const MaxCount = 1000

// A Role is one process of a composite process.
type Role struct {
	Name       string
	Executable string    // absolute path
	Settings   []string  // flags, --name=value, in order
	Words      []string  // what follows -- on its command line
	ID         uuid.UUID // given once, by Add
}

// Arguments is the command line of the role, without its first word.
func (r Role) Arguments() []string {
	if len(r.Words) == 0 {
		return slices.Clone(r.Settings)
	}
	return slices.Concat(r.Settings, []string{"--"}, r.Words)
}

// roleFile is role.json. The name is that of the folder.
type roleFile struct {
	Version    int       `json:"version"`
	ID         uuid.UUID `json:"id"`
	Executable string    `json:"executable"`
	Settings   []string  `json:"settings,omitempty"`
	Words      []string  `json:"words,omitempty"`
}

// An Addition is one role, or several that differ in name only.
type Addition struct {
	Executable string // absolute path
	Name       string
	// Count, if not zero, makes Count roles, at most MaxCount, named by the
	// numbers from Start: Name-0, Name-1 and so on. Zero makes the one, Name.
	Count, Start int
	Settings     []string // flags, --name=value, kept as they are
	Words        []string // what follows -- on the command line
}

// Names are the names of the roles that a makes. The error says what is wrong
// with a.
func (a Addition) Names() ([]string, error) {
	switch {
	case !filepath.IsAbs(a.Executable):
		return nil, fmt.Errorf("%s: the path is not absolute", a.Executable)
	case a.Count < 0 || a.Count > MaxCount:
		return nil, fmt.Errorf("%s: the count is %d, it must be from 1 to %d", printable(a.Name), a.Count, MaxCount)
	case a.Start < 0 || a.Start > MaxOrdinal+1-a.Count:
		return nil, fmt.Errorf("%s: the start is %d, it must be from 0 to %d", printable(a.Name), a.Start, MaxOrdinal+1-a.Count)
	case a.Count == 0 && a.Start != 0:
		return nil, fmt.Errorf("%s: a start without a count", printable(a.Name))
	}
	for _, s := range a.Settings {
		if !strings.HasPrefix(s, "--") || s == "--" {
			return nil, fmt.Errorf("%s: %q is no setting, which is --name=value", printable(a.Name), s)
		}
	}
	for _, s := range slices.Concat(a.Settings, a.Words) {
		if strings.ContainsRune(s, 0) {
			return nil, fmt.Errorf("%s: %q has a zero byte", printable(a.Name), s)
		}
	}
	names := []string{a.Name}
	if a.Count > 0 {
		names = names[:0]
		for i := range a.Count {
			names = append(names, fmt.Sprintf("%s-%d", a.Name, a.Start+i))
		}
	}
	if err := CheckName(a.Name); err != nil {
		return nil, err
	}
	return names, CheckName(names[len(names)-1]) // the longest
}

// CollisionError says that roles were not added, since some are there already.
type CollisionError struct {
	Home  string
	Names []string
}

// Error names every role that is there already.
func (e *CollisionError) Error() string {
	return fmt.Sprintf("%s: already in %s, nothing was added", strings.Join(e.Names, ", "), e.Home)
}

// Add makes the roles of a, all or none, and returns their names; it waits for
// other changes of the home to end. The error is a *CollisionError if some are
// there already. A composite process that runs takes no notice until it is run
// again. One that is killed may leave the first of its roles behind.
func (h *Home) Add(a Addition) (names []string, err error) {
	names, err = a.Names()
	if err != nil {
		return nil, err
	}
	changes, err := h.roles((*flock.Flock).TryLockContext)
	if err != nil {
		return nil, err
	}
	defer changes.Close()
	if err := h.collisions(names); err != nil {
		return nil, err
	}
	fresh, err := os.MkdirTemp(h.file("role"), ".new-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(fresh)
	for _, name := range names {
		folder := filepath.Join(fresh, name)
		f := roleFile{version, uuid.New(), a.Executable, a.Settings, a.Words}
		if err := errors.Join(os.Mkdir(folder, 0o755), write(filepath.Join(folder, "role.json"), f)); err != nil {
			return nil, err
		}
	}
	for i, name := range names {
		if err := os.Rename(filepath.Join(fresh, name), h.file("role", name)); err != nil {
			for _, name := range names[:i] {
				err = errors.Join(err, os.RemoveAll(h.file("role", name)))
			}
			return nil, err
		}
	}
	return names, nil
}

// collisions returns a *CollisionError if there are roles of these names.
func (h *Home) collisions(names []string) error {
	var there []string
	for _, name := range names {
		if _, err := os.Lstat(h.file("role", name)); err == nil {
			there = append(there, name)
		}
	}
	if there == nil {
		return nil
	}
	return &CollisionError{h.path, there}
}

// Read returns the role of that name in the home at path, and the file it is read
// from. The error matches fs.ErrNotExist if there is none such.
func Read(path, name string) (r Role, file string, err error) {
	h, err := at(path)
	if err != nil {
		return Role{}, "", err
	}
	r, err = h.role(name)
	return r, h.file("role", name, "role.json"), err
}

// role reads the role of that name.
func (h *Home) role(name string) (Role, error) {
	if err := CheckName(name); err != nil {
		return Role{}, fmt.Errorf("%s: not the folder of a role: %w", h.file("role"), err)
	}
	path := h.file("role", name, "role.json")
	var f roleFile
	if err := read(path, &f); err != nil {
		return Role{}, err
	}
	switch {
	case f.Version != version:
		return Role{}, fmt.Errorf("%s: version %d of the layout, this program knows %d", path, f.Version, version)
	case !filepath.IsAbs(f.Executable):
		return Role{}, fmt.Errorf("%s: the path of the executable is not absolute: %q", path, f.Executable)
	case f.ID == uuid.Nil:
		return Role{}, fmt.Errorf("%s: there is no id", path)
	}
	return Role{name, f.Executable, f.Settings, f.Words, f.ID}, nil
}
