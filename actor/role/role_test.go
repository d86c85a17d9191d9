package role

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
)

func create(t *testing.T, g Group) *Home {
	t.Helper()
	h, err := Create(filepath.Join(t.TempDir(), "above", DefaultHome), g)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// files are the paths in a folder.
func files(t *testing.T, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != folder {
			relative, _ := filepath.Rel(folder, path)
			paths = append(paths, relative)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func check(t *testing.T, what string, got error, want string) {
	t.Helper()
	if got == nil || got.Error() != want {
		t.Errorf("%s:\n got %v\nwant %s", what, got, want)
	}
}

func TestHome(t *testing.T) {
	g := Group{DirectoryAtLAN: "127.0.0.1:29101"}
	h := create(t, g)
	names, err := h.Add(Addition{Executable: "/bin/worker", Name: "worker", Count: 3, Start: 9, Settings: []string{"--limit=5", "--limit=6"}})
	if diff := cmp.Diff([]string{"worker-9", "worker-10", "worker-11"}, names); err != nil || diff != "" {
		t.Errorf("names (-want +got): %v\n%s", err, diff)
	}
	if _, err := h.Add(Addition{Executable: "/bin/server", Name: "server", Words: []string{"--", "-x", "ü \"\n"}}); err != nil {
		t.Error(err)
	}

	h, err = Open(h.Path())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := h.Group(); got != g || err != nil {
		t.Errorf("group: got %v, %v, want %v", got, err, g)
	}
	got, err := h.List()
	if err != nil {
		t.Error(err)
	}
	settings := []string{"--limit=5", "--limit=6"}
	want := []Role{
		{Name: "server", Executable: "/bin/server", Words: []string{"--", "-x", "ü \"\n"}},
		{Name: "worker-9", Executable: "/bin/worker", Settings: settings},
		{Name: "worker-10", Executable: "/bin/worker", Settings: settings},
		{Name: "worker-11", Executable: "/bin/worker", Settings: settings},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Role{}, "ID")); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	ids := map[uuid.UUID]bool{uuid.Nil: true}
	for _, r := range got {
		if ids[r.ID] {
			t.Errorf("%s: id %v is not of its own", r.Name, r.ID)
		}
		ids[r.ID] = true
	}
	layout := []string{
		"changes", "group.json", "lock", "role",
		"role/server", "role/server/role.json", "role/worker-10", "role/worker-10/role.json",
		"role/worker-11", "role/worker-11/role.json", "role/worker-9", "role/worker-9/role.json",
	}
	if diff := cmp.Diff(layout, files(t, h.Path())); diff != "" {
		t.Errorf("layout (-want +got):\n%s", diff)
	}

	if err := h.Destroy(); err != nil {
		t.Error(err)
	}
	if left := files(t, filepath.Dir(h.Path())); left != nil {
		t.Errorf("left after Destroy: %q", left)
	}
}

func TestArguments(t *testing.T) {
	got := [][]string{
		Role{Settings: []string{"--a=1", "--b"}}.Arguments(),
		Role{Settings: []string{"--a=1"}, Words: []string{"x", "--y"}}.Arguments(),
		Role{}.Arguments(),
	}
	want := [][]string{{"--a=1", "--b"}, {"--a=1", "--", "x", "--y"}, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
}

func TestCreateRefused(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	dangling := filepath.Join(folder, "dangling")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Symlink("nowhere", dangling)); err != nil {
		t.Fatal(err)
	}
	before := files(t, folder)
	for _, path := range []string{folder, file, dangling} {
		_, err := Create(path, Group{})
		check(t, "Create", err, path+": file already exists")
		if !errors.Is(err, fs.ErrExist) {
			t.Errorf("Create %s: %v does not match ErrExist", path, err)
		}
	}
	_, err := Create("", Group{})
	check(t, "Create", err, "the path of the home is empty")
	if diff := cmp.Diff(before, files(t, folder)); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

func TestOpenRefused(t *testing.T) {
	folder := t.TempDir()
	_, err := Open(folder)
	check(t, "a folder", err, folder+": it is not the home of a composite process: it has no group.json")
	_, err = Open(filepath.Join(folder, "none"))
	check(t, "nothing", err, folder+"/none: there is no such home")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not match fs.ErrNotExist", err)
	}
	path := filepath.Join(folder, "group.json")
	for content, want := range map[string]string{
		``:                            "unexpected EOF",
		`{`:                           "unexpected EOF",
		`[]`:                          "json: cannot unmarshal array into Go value of type role.groupFile",
		`{"version":2}`:               "version 2 of the layout, this program knows 1",
		`{"directory_at_host":"x"}`:   "version 0 of the layout, this program knows 1",
		`{"version":1,"retry":"30s"}`: `json: unknown field "retry"`,
		`{"version":1} {}`:            "something follows the value",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(folder)
		check(t, content, err, path+": "+want)
	}
	_, err = Open(path)
	check(t, "a file", err, path+": it is not a folder")
}

func TestListRefused(t *testing.T) {
	h := create(t, Group{})
	if _, err := h.Add(Addition{Executable: "/bin/worker", Name: "worker"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(h.Path(), "role", "worker", "role.json")
	const id = `"id":"c5c0b4ba-5b59-4dd0-9f40-3d0d06a2d4f5"`
	for content, want := range map[string]string{
		`{"version":1,` + id + `,"executable":"/x","setting":["--x"]}`: `json: unknown field "setting"`,
		`{"version":1,` + id + `,"executable":"x"}`:                    `the path of the executable is not absolute: "x"`,
		`{"version":1,"executable":"/x"}`:                              "there is no id",
		`{"version":3,` + id + `,"executable":"/x"}`:                   "version 3 of the layout, this program knows 1",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := h.List()
		check(t, content, err, path+": "+want)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err := h.List()
	check(t, "no file", err, fmt.Sprintf("open %s: no such file or directory", path))
}

func TestAddRefused(t *testing.T) {
	h := create(t, Group{})
	for _, start := range []int{1, 4} {
		if _, err := h.Add(Addition{Executable: "/bin/worker", Name: "worker", Count: 1, Start: start}); err != nil {
			t.Fatal(err)
		}
	}
	before := files(t, h.Path())
	for _, c := range []struct {
		a    Addition
		want string
	}{
		{Addition{Executable: "/bin/worker", Name: "worker", Count: 5}, "worker-1, worker-4: already in " + h.Path() + ", nothing was added"},
		{Addition{Executable: "bin/worker", Name: "worker"}, "bin/worker: the path is not absolute"},
		{Addition{Executable: "/bin/worker", Name: "worker", Count: 1001}, "worker: the count is 1001, it must be from 1 to 1000"},
		{Addition{Executable: "/bin/worker", Name: "worker", Count: -1}, "worker: the count is -1, it must be from 1 to 1000"},
		{Addition{Executable: "/bin/worker", Name: "worker", Count: 2, Start: -1}, "worker: the start is -1, it must be from 0 to 999998"},
		{Addition{Executable: "/bin/worker", Name: "worker", Count: 2, Start: 999_999}, "worker: the start is 999999, it must be from 0 to 999998"},
		{Addition{Executable: "/bin/worker", Name: "worker", Start: 2}, "worker: a start without a count"},
		{Addition{Executable: "/bin/worker", Name: "worker", Settings: []string{"-x"}}, `worker: "-x" is no setting, which is --name=value`},
		{Addition{Executable: "/bin/worker", Name: "worker", Words: []string{"a\x00"}}, `worker: "a\x00" has a zero byte`},
		{Addition{Executable: "/bin/worker", Name: "groups"}, "groups: names that begin with group are reserved"},
		{Addition{Executable: "/bin/worker", Name: "", Count: 2}, "the name of the role is empty"},
		{
			Addition{Executable: "/bin/worker", Name: "a-name-that-is-just-as-long-as-it-may-be-if-it-has-no-number-too", Count: 1},
			"a-name-that-is-just-as-long-as-it-may-be-if-it-has-no-number-too-0: the name has 66 bytes, at most 64 are allowed",
		},
	} {
		_, err := h.Add(c.a)
		check(t, fmt.Sprintf("Add %v", c.a), err, c.want)
	}
	if diff := cmp.Diff(before, files(t, h.Path())); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

// Several add overlapping ranges at once: each has all of its roles, or none.
func TestAddIsAllOrNothing(t *testing.T) {
	h := create(t, Group{})
	const n = 8
	var added [n][]string
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			h, err := Open(h.Path())
			if err != nil {
				t.Error(err)
				return
			}
			added[i], err = h.Add(Addition{Executable: "/bin/worker", Name: "worker", Count: 4, Start: 3 * i})
			if collision := (*CollisionError)(nil); err != nil && !errors.As(err, &collision) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	want := map[string]bool{}
	for _, names := range added {
		for _, name := range names {
			if want[name] {
				t.Errorf("%s was added twice", name)
			}
			want[name] = true
		}
	}
	got := map[string]bool{}
	roles, err := h.List()
	if err != nil {
		t.Error(err)
	}
	for _, r := range roles {
		got[r.Name] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roles (-added +there):\n%s", diff)
	}
}

// Who lists the roles while some are added sees all of them or none.
func TestListSeesWholeChanges(t *testing.T) {
	h := create(t, Group{})
	const n = MaxCount
	added := make(chan error, 1)
	go func() {
		_, err := h.Add(Addition{Executable: "/bin/worker", Name: "worker", Count: n})
		added <- err
	}()
	seen := 0
	for seen == 0 {
		roles, err := h.List()
		if err != nil {
			t.Fatal(err)
		}
		seen = len(roles)
	}
	if seen != n {
		t.Errorf("List saw %d roles of %d", seen, n)
	}
	if err := <-added; err != nil {
		t.Error(err)
	}
}

func TestLock(t *testing.T) {
	h := create(t, Group{})
	if pid, running, err := h.Running(); pid != 0 || running || err != nil {
		t.Errorf("before Lock: got %d, %v, %v", pid, running, err)
	}
	l, err := h.Lock()
	if err != nil {
		t.Fatal(err)
	}
	inode, err := os.Stat(filepath.Join(h.Path(), "lock"))
	if err != nil {
		t.Fatal(err)
	}
	if pid, running, err := h.Running(); pid != os.Getpid() || !running || err != nil {
		t.Errorf("after Lock: got %d, %v, %v", pid, running, err)
	}
	want := fmt.Sprintf("%s: it is running, as process %d", h.Path(), os.Getpid())
	_, err = h.Lock()
	check(t, "Lock", err, want)
	check(t, "Destroy", h.Destroy(), want)
	if running := (*RunningError)(nil); !errors.As(h.Destroy(), &running) || *running != (RunningError{h.Path(), os.Getpid()}) {
		t.Errorf("Destroy: got %v", running)
	}
	if _, err := Open(h.Path()); err != nil {
		t.Errorf("after Destroy was refused: %v", err)
	}
	if err := l.Unlock(); err != nil {
		t.Error(err)
	}
	if pid, running, err := h.Running(); pid != 0 || running || err != nil {
		t.Errorf("after Unlock: got %d, %v, %v", pid, running, err)
	}
	if now, err := os.Stat(filepath.Join(h.Path(), "lock")); err != nil || !os.SameFile(inode, now) {
		t.Errorf("the lock is another file after Unlock: %v", err)
	}
	if err := h.Destroy(); err != nil {
		t.Error(err)
	}
	if _, err := h.Lock(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Lock of what was destroyed: got %v", err)
	}
}

func TestDestroyThroughALink(t *testing.T) {
	h := create(t, Group{})
	above := filepath.Dir(h.Path())
	link := filepath.Join(above, "link")
	if err := os.Symlink(DefaultHome, link); err != nil {
		t.Fatal(err)
	}
	h, err := Open(link)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Destroy(); err != nil {
		t.Error(err)
	}
	if left := files(t, above); left != nil {
		t.Errorf("left after Destroy: %q", left)
	}
}

// Who locks a file that is not the home's any more has not locked the home.
func TestLockOfAHomeThatWasReplaced(t *testing.T) {
	h := create(t, Group{})
	old := flock.New(filepath.Join(h.Path(), "lock"))
	defer old.Close()
	if held, err := old.TryLock(); !held || err != nil {
		t.Fatal(held, err)
	}
	if err := h.check(old); err != nil {
		t.Errorf("before: %v", err)
	}
	if err := os.RemoveAll(h.Path()); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(h.Path(), Group{}); err != nil {
		t.Fatal(err)
	}
	check(t, "after", h.check(old), h.Path()+": file does not exist")
}
