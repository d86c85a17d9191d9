// Package news is what feeds and their readers say to each other.
package news

import "github.com/layer-cake/layer-cake/actor"

// Headline is one piece of news.
type Headline struct {
	Topic  string
	Number int
}

// Types are the messages that cross processes.
var Types = actor.Types{actor.Type[Headline]("headline")}

// Name is the name of the feed of a topic, or the pattern of the feeds of many.
func Name(topic string) string { return "news:" + topic }
