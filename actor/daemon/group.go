package daemon

import (
	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/actor/group"
	"github.com/layer-cake/layer-cake/actor/role"
)

// Group returns what group-cake gives to actor.Main: a composite process, and its
// directory.
func Group() (actor.Func, *actor.Options) {
	s := &groupSettings{HomePath: role.DefaultHome, Limits: actor.DefaultLimits()}
	return s.run, &actor.Options{
		Settings:  s,
		Scope:     actor.Group,
		Listen:    "127.0.0.1:0",
		Configure: s.configure,
	}
}

type groupSettings struct {
	HomePath        string         `usage:"the folder of the composite process"`
	DirectoryAtHost actor.HostPort `usage:"the host-cake above; if not said, what the home says, or else 127.0.0.1:54195"`
	DirectoryAtLAN  actor.HostPort `usage:"the lan-cake above, instead of a host-cake"`
	actor.Limits
}

// configure chooses the parent: flags first, then what is kept in the home.
func (s *groupSettings) configure(o *actor.Options) error {
	if err := limit(o, s.Limits); err != nil {
		return err
	}
	home, err := role.Open(s.HomePath)
	if err != nil {
		return err
	}
	kept, err := home.Group()
	if err != nil {
		return err
	}
	if err := above(o, s.DirectoryAtHost, s.DirectoryAtLAN); err != nil || o.Directory != "" {
		return err
	}
	return above(o, actor.HostPort(kept.DirectoryAtHost), actor.HostPort(kept.DirectoryAtLAN))
}

func (s *groupSettings) run(self *actor.Self) any {
	self.Log().Info("directory takes links", "at", self.System().DirectoryAddress())
	return group.Func(group.Config{Home: s.HomePath})(self)
}
