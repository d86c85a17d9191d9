// Reader prints the news of all feeds that it finds.
package main

import (
	"fmt"

	"github.com/layer-cake/layer-cake/actor"
	"github.com/layer-cake/layer-cake/examples/pubsub/news"
)

type settings struct {
	Topics string `usage:"a regular expression of topics"`
	Count  int    `usage:"headlines to read"`
}

func (s *settings) read(self *actor.Self) any {
	if err := self.Subscribe(news.Name(s.Topics)); err != nil {
		return err
	}
	left := s.Count
	for m := range self.Messages() {
		switch m := m.(type) {
		case actor.Available:
			fmt.Println("found", m.Name)
		case actor.Dropped:
			fmt.Println("lost", m.Name)
		case news.Headline:
			fmt.Println(m.Topic, m.Number)
			if left--; left == 0 {
				return nil
			}
		}
	}
	return actor.Aborted{}
}

func main() {
	s := &settings{Topics: ".*", Count: 3}
	actor.Main(s.read, &actor.Options{Settings: s, Types: news.Types})
}
