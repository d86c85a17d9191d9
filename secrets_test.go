package layercake

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// What only who was told can know is compared in constant time: the token of a
// publication, the key in an address.
var secrets = map[string]bool{"Token": true, "Key": true}

func TestSecretsAreComparedInConstantTime(t *testing.T) {
	constant := 0
	for _, folder := range []string{"transport", "directory"} {
		err := filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			parsed, err := parser.ParseFile(files, file, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BinaryExpr:
					if (n.Op == token.EQL || n.Op == token.NEQ) && (isSecret(n.X) || isSecret(n.Y)) {
						t.Errorf("%v: a secret is compared in a time that tells of it: use crypto/subtle", files.Position(n.Pos()))
					}
				case *ast.CallExpr:
					switch name := called(n); {
					case name == "subtle.ConstantTimeCompare" || name == "subtle.ConstantTimeEq":
						constant++
					case (name == "bytes.Equal" || name == "bytes.Compare" || name == "slices.Equal") && (isSecret(n.Args[0]) || isSecret(n.Args[1])):
						t.Errorf("%v: %s tells in its time of a secret: use crypto/subtle", files.Position(n.Pos()), name)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if constant < 3 { // the token, and the key in two halves
		t.Errorf("secrets are compared in constant time in %d places, want 3: do they have other names now?", constant)
	}
}

func isSecret(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return secrets[e.Sel.Name]
	case *ast.SliceExpr:
		return isSecret(e.X)
	case *ast.ParenExpr:
		return isSecret(e.X)
	}
	return false
}

func called(c *ast.CallExpr) string {
	if s, ok := c.Fun.(*ast.SelectorExpr); ok {
		if x, ok := s.X.(*ast.Ident); ok {
			return x.Name + "." + s.Sel.Name
		}
	}
	return ""
}
