// Feed tells whoever reads its topic.
package main

import (
	"time"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/pubsub/news"
)

type settings struct {
	Topic string        `usage:"what the news is about"`
	Each  time.Duration `usage:"between two headlines"`
}

func (s *settings) feed(self *actor.Self) any {
	if err := self.Publish(news.Name(s.Topic)); err != nil {
		return err
	}
	type due struct{}
	self.Every(s.Each, due{})
	readers := map[actor.Address]bool{}
	number := 0
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Delivered:
			readers[m.Subscriber] = true
		case actor.Dropped:
			delete(readers, m.Remote)
		case due:
			number++
			for reader := range readers {
				// Who reads too slowly misses a headline and keeps nobody waiting.
				if err := self.Send(reader, news.Headline{Topic: s.Topic, Number: number}); err != nil {
					self.Log().Info("missed", "reader", reader, "number", number, "err", err)
				}
			}
		}
	}
	return actor.Aborted{}
}

func main() {
	s := &settings{Topic: "sport", Each: time.Second}
	actor.Main(s.feed, &actor.Options{Settings: s, Types: news.Types})
}
