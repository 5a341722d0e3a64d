"""RabbitMQ: names of exchanges and queues, confirmed publishing, batched consuming, the RPC client."""
