// Command web serves notes as JSON out of SQLite, and asks itself for some of them: web [ADDRESS].
//
//	GET /notes/ID       one note
//	GET /notes?tag=TAG  all with a tag
package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

type note struct {
	ID   int64  `json:"id"`
	Tag  string `json:"tag"`
	Text string `json:"text"`
}

type store struct{ db *sql.DB }

func openStore(n int) (*store, error) {
	db, err := sql.Open("sqlite3", "file:notes?mode=memory&cache=shared")
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, tag TEXT, text TEXT)"); err != nil {
		return nil, err
	}
	tx, err := db.Begin()
	if err != nil {
		return nil, err
	}
	for i := 0; i < n; i++ {
		tag := fmt.Sprintf("tag%d", i%500)
		if _, err := tx.Exec("INSERT INTO notes (tag, text) VALUES (?, ?)", tag, "a note"); err != nil {
			return nil, err
		}
	}
	return &store{db}, tx.Commit()
}

//go:noinline
func (s *store) byID(id int64) (note, error) {
	var n note
	row := s.db.QueryRow("SELECT id, tag, text FROM notes WHERE id = ?", id)
	err := row.Scan(&n.ID, &n.Tag, &n.Text)
	return n, err
}

// There is no index on tags.
//
//go:noinline
func (s *store) byTag(tag string) ([]note, error) {
	rows, err := s.db.Query("SELECT id, tag, text FROM notes WHERE tag = ?", tag)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var notes []note
	for rows.Next() {
		var n note
		if err := rows.Scan(&n.ID, &n.Tag, &n.Text); err != nil {
			return nil, err
		}
		notes = append(notes, n)
	}
	return notes, rows.Err()
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer interface{}
	var err error
	if id := strings.TrimPrefix(r.URL.Path, "/notes/"); id != r.URL.Path {
		n, _ := strconv.ParseInt(id, 10, 64)
		answer, err = s.byID(n)
	} else {
		answer, err = s.byTag(r.URL.Query().Get("tag"))
	}
	if err == sql.ErrNoRows {
		http.Error(w, "no such note", http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(answer)
}

// Of ten requests two are for a tag, and one is for a note that is not there.
func request(i int) string {
	switch i % 10 {
	case 0, 5:
		return fmt.Sprintf("/notes?tag=tag%d", i%500)
	case 7:
		return fmt.Sprintf("/notes/%d", 1000000+i)
	}
	return fmt.Sprintf("/notes/%d", 1+i%20000)
}

func load(address string) {
	for i := 0; ; i++ {
		if answer, err := http.Get("http://" + address + request(i)); err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func main() {
	address := "127.0.0.1:0"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	s, err := openStore(20000)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	go load(listener.Addr().String())
	log.Fatal(http.Serve(listener, s))
}
