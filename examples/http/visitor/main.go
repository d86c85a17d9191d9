// Visitor is no actor: it asks the server as any program would.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

// square asks for plain JSON, and so needs to know nothing of tags.
func square(server string, of float64) (result float64, err error) {
	request, err := http.NewRequest("GET", fmt.Sprintf("http://%s/square?of=%v", server, of), nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept", "application/json; profile=plain")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the server says %s", response.Status)
	}
	err = json.NewDecoder(response.Body).Decode(&result)
	return result, err
}

// follow calls each with every event of the clock, as it comes, until its end.
func follow(server string, each func(event string)) error {
	response, err := http.Get("http://" + server + "/clock")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if event, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			each(event)
		}
	}
	return lines.Err() // of a stream that was cut off, too
}

func main() {
	server := "127.0.0.1:5050"
	if len(os.Args) > 1 {
		server = os.Args[1]
	}
	result, err := square(server, 12)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the square of 12 is", result)
	if err := follow(server, func(event string) { fmt.Println("it is", event) }); err != nil {
		log.Fatal(err)
	}
}
