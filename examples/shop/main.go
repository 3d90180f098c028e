// Command shop is a small web service to try gotraced on. It takes orders over HTTP, reserves the
// goods in an inventory that all requests share, and has a few workers charge the cards:
//
//	shop -load -for 12s
//
// serves on a free port of the loopback interface, sends itself some 400 orders a second, and stops
// (then, or when interrupted) with a summary. Three of its functions are worth a look, each with a
// shape of its own:
//
//	main.(*shop).placeOrder    two humps: orders paid by voucher, and orders that wait for a card
//	main.(*inventory).reserve  microseconds, and a tail of those that came while stock was taken
//	main.chargeCard            some milliseconds, widely spread
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"math/rand"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	errOutOfStock = errors.New("out of stock")
	errDeclined   = errors.New("card declined")
)

type order struct {
	Item     string `json:"item"`
	Quantity int    `json:"quantity"`
	Card     string `json:"card,omitempty"` // none: paid by voucher
}

type receipt struct {
	Order int64 `json:"order"`
	Left  int   `json:"left"`
}

// inventory is what is on the shelves, and a journal of every change to it.
type inventory struct {
	mu      sync.Mutex
	stock   map[string]int
	journal [16 << 10]byte
	sum     uint32
}

// reserve takes goods off the shelf and returns how many are left.
//
//go:noinline
func (inv *inventory) reserve(item string, quantity int) (int, error) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	left := inv.stock[item] - quantity
	if left < 0 {
		return 0, errOutOfStock
	}
	inv.stock[item] = left
	copy(inv.journal[int(inv.sum)%(len(inv.journal)-len(item)):], item)
	inv.sum = crc32.Update(inv.sum, crc32.IEEETable, inv.journal[:])
	return left, nil
}

// takeStock counts and fills the shelves, now and then, and holds up every reservation meanwhile.
func (inv *inventory) takeStock(ctx context.Context) {
	every := time.NewTicker(80 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		inv.mu.Lock()
		time.Sleep(4 * time.Millisecond)
		for item := range inv.stock {
			inv.stock[item] = 25
		}
		inv.mu.Unlock()
	}
}

// A payment is a card to charge and where to say how that went.
type payment struct {
	card   string
	result chan error
}

// chargeCard asks the bank, which takes its time.
//
//go:noinline
func chargeCard(card string) error {
	time.Sleep(2*time.Millisecond + time.Duration(rand.ExpFloat64()*float64(1500*time.Microsecond)))
	if card[len(card)-1] == '0' {
		return errDeclined
	}
	return nil
}

func work(payments <-chan payment) {
	for p := range payments {
		p.result <- chargeCard(p.card)
	}
}

type shop struct {
	inventory inventory
	payments  chan payment
	orders    int64
	failed    int64
}

// placeOrder sees an order through, from its JSON to the receipt.
//
//go:noinline
func (s *shop) placeOrder(body io.Reader) (*receipt, error) {
	var o order
	if err := json.NewDecoder(body).Decode(&o); err != nil {
		return nil, err
	}
	left, err := s.inventory.reserve(o.Item, o.Quantity)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Item, err)
	}
	if o.Card != "" {
		p := payment{o.Card, make(chan error)}
		s.payments <- p
		if err := <-p.result; err != nil {
			return nil, err
		}
	}
	return &receipt{atomic.AddInt64(&s.orders, 1), left}, nil
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rcpt, err := s.placeOrder(r.Body)
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(rcpt)
		return
	case errors.Is(err, errOutOfStock):
		http.Error(w, err.Error(), http.StatusConflict)
	case errors.Is(err, errDeclined):
		http.Error(w, err.Error(), http.StatusPaymentRequired)
	default:
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
	atomic.AddInt64(&s.failed, 1)
}

// randomOrder returns the JSON of an order, which is broken once in a hundred times.
func randomOrder() []byte {
	if rand.Intn(100) == 0 {
		return []byte(`{"item": "teapot", "quantity": `)
	}
	items := []string{"teapot", "kettle", "cup", "saucer", "spoon"}
	o := order{Item: items[rand.Intn(len(items))], Quantity: 1 + rand.Intn(4)}
	if rand.Intn(10) < 6 {
		o.Card = fmt.Sprintf("card-%04d", rand.Intn(10000))
	}
	body, _ := json.Marshal(o)
	return body
}

// customers sends orders, at random intervals, until ctx ends, and returns how many were answered
// with which status.
func customers(ctx context.Context, url string, perSecond int) map[string]int {
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		answers = map[string]int{}
		client  = http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	)
	defer client.CloseIdleConnections()
	for next := time.Now(); ctx.Err() == nil; {
		next = next.Add(time.Duration(rand.ExpFloat64() * float64(time.Second) / float64(perSecond)))
		time.Sleep(time.Until(next))
		wg.Add(1)
		go func() {
			defer wg.Done()
			status := "no answer"
			resp, err := client.Post(url, "application/json", bytes.NewReader(randomOrder()))
			if err == nil {
				status = resp.Status
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			mu.Lock()
			answers[status]++
			mu.Unlock()
		}()
	}
	wg.Wait()
	return answers
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("shop: ")
	load := flag.Bool("load", false, "send orders to the shop from within")
	rate := flag.Int("rate", 400, "orders a second that -load sends")
	lifetime := flag.Duration("for", 12*time.Second, "how long the shop is open")
	flag.Parse()
	if *rate < 1 || flag.NArg() > 0 {
		flag.Usage()
		log.Fatal("the rate must be positive, and there are no arguments but flags")
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	s := &shop{payments: make(chan payment)}
	s.inventory.stock = map[string]int{"teapot": 25, "kettle": 25, "cup": 25, "saucer": 25, "spoon": 25}
	for i := 0; i < 8; i++ {
		go work(s.payments)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *lifetime)
	defer cancel()
	go s.inventory.takeStock(ctx)
	server := &http.Server{Handler: s}
	go server.Serve(listener)
	url := "http://" + listener.Addr().String() + "/orders"
	log.Printf("open at %s for %v", url, *lifetime)

	if *load {
		for status, n := range customers(ctx, url, *rate) {
			fmt.Printf("%6d answered %s\n", n, status)
		}
	}
	<-ctx.Done()
	if err := server.Shutdown(context.Background()); err != nil {
		log.Fatal(err)
	}
	close(s.payments)
	fmt.Printf("%6d orders placed, %d failed\n", s.orders, s.failed)
}
