"""The benchmark: what one private instance of everything takes in and works through, beside a floor of raw drivers."""
