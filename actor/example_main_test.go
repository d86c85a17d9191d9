package actor_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// A greeter has its settings as fields, and is the actor.
type greeter struct {
	Greeting string `usage:"what is said first"`
	Times    int    `usage:"how often" unit:"greetings"`
	Database struct {
		Host    actor.HostPort `usage:"where it is"`
		Timeout time.Duration  `usage:"how long to wait for it"`
	} `usage:"where guests are kept"`
}

func (g *greeter) run(self *actor.Self) any {
	self.Log().Info("begins", "database", g.Database.Host)
	return fmt.Sprintf("%s, %d times, from %v within %v", g.Greeting, g.Times, g.Database.Host, g.Database.Timeout)
}

// The settings of a program are the fields of a struct; their values are the defaults.
// These say the same:
//
//	greeter --greeting=hi --database-timeout=3s
//	LC_V_GREETING=hi LC_V_DATABASE_TIMEOUT=3s greeter
//	LC_V_GREETING=hello greeter --greeting=hi --database='{"Timeout": "3s"}'
//	layer-cake add ./greeter --greeting=hi --database-timeout=3s; layer-cake run
//
// and print "hi, 2 times, from 127.0.0.1:5432 within 3s".
func ExampleMain() {
	g := &greeter{Greeting: "hello", Times: 2}
	g.Database.Host, g.Database.Timeout = "127.0.0.1:5432", time.Second
	actor.Main(g.run, &actor.Options{Settings: g})
}

// The scripts run it.
var _ = actor.AddProgram("greeter", ExampleMain)

func ExampleSelf_Log() {
	handler := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "address" { // other ones each time
			return slog.Attr{}
		}
		return a
	}})
	sys, err := actor.Open(&actor.Options{Directory: "none", Logger: slog.New(handler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sys.Close(context.Background())
	worker := func(self *actor.Self) any {
		self.Log().Info("order shipped", "order", 7)
		return nil
	}
	sys.Wait(context.Background(), sys.Spawn(worker, actor.Named("worker")))
	// Output:
	// level=INFO msg="order shipped" actor=worker order=7
}
