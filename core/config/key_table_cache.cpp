#include "config/key_table.hpp"

namespace gomodel::config {
namespace {

constexpr auto kCache = &Settings::cache;
constexpr auto kModel = &Cache::model;
constexpr auto kResponse = &Cache::response;
constexpr auto kSimple = &ResponseCache::simple;
constexpr auto kSemantic = &ResponseCache::semantic;
constexpr auto kStore = &SemanticCache::vector_store;

template <auto... kMembers>
constexpr auto model() {
    return &reach<kCache, kModel, kMembers...>;
}
template <auto... kMembers>
constexpr auto simple() {
    return &reach<kCache, kResponse, kSimple, kMembers...>;
}
template <auto... kMembers>
constexpr auto semantic() {
    return &reach<kCache, kResponse, kSemantic, kMembers...>;
}
template <auto... kMembers>
constexpr auto store() {
    return semantic<kStore, kMembers...>();
}

constexpr Key kCacheKeys[] = {
    {"cache.model.refresh_interval", "CACHE_REFRESH_INTERVAL",
     "Seconds between refreshes of the model list; 0 or less means the default",
     model<&ModelCache::refresh_interval>()},
    {"cache.model.model_list.url", "MODEL_LIST_URL",
     "Where model metadata and prices come from; `off`, or empty in the file, fetches none",
     model<&ModelCache::model_list_url>(), kCanBeOff},
    {"cache.model.local.cache_dir", "GOMODEL_CACHE_DIR", "Directory for models.json",
     model<&ModelCache::cache_dir>()},
    {"cache.model.redis.url", "REDIS_URL", "Keep the models in Redis instead of in a file",
     model<&ModelCache::redis, &Redis::url>()},
    {"cache.model.redis.key", "REDIS_KEY_MODELS", "Redis key of the models",
     model<&ModelCache::redis, &Redis::key>()},
    {"cache.model.redis.ttl", "REDIS_TTL_MODELS",
     "Seconds the models stay in Redis; 0 or less means the default",
     model<&ModelCache::redis, &Redis::ttl>()},

    {"cache.response.simple.enabled", "RESPONSE_CACHE_SIMPLE_ENABLED",
     "Answer repeated requests from the exact cache; on once the block is present",
     simple<&ExactCache::enabled>(), kBlockSwitch},
    {"cache.response.simple.type", "", "`redis`, or the type of a plugin that keeps the responses",
     simple<&ExactCache::type>(), kAddition},
    {"cache.response.simple.config", "",
     "Options of that plugin, as its schema has them; for `redis` besides `redis.url`",
     std::monostate(), kAddition},
    {"cache.response.simple.max_entry_size", "", "Larger responses are not kept",
     simple<&ExactCache::max_entry_size>(), kAddition, from_to(kKiB, 64 * kMiB)},
    {"cache.response.simple.redis.url", "REDIS_URL", "Redis that holds the responses",
     simple<&ExactCache::redis, &Redis::url>()},
    {"cache.response.simple.redis.key", "REDIS_KEY_RESPONSES", "Prefix of the responses' keys",
     simple<&ExactCache::redis, &Redis::key>()},
    {"cache.response.simple.redis.ttl", "REDIS_TTL_RESPONSES",
     "Seconds a response stays; 0 or less means the default",
     simple<&ExactCache::redis, &Redis::ttl>()},

    {"cache.response.semantic.enabled", "SEMANTIC_CACHE_ENABLED",
     "Answer similar requests from the semantic cache; on once the block is present",
     semantic<&SemanticCache::enabled>(), kBlockSwitch},
    {"cache.response.semantic.similarity_threshold", "SEMANTIC_CACHE_THRESHOLD",
     "Least similarity of a hit, above 0 and at most 1; 0 means the default",
     semantic<&SemanticCache::similarity_threshold>()},
    {"cache.response.semantic.ttl", "SEMANTIC_CACHE_TTL", "Seconds a response stays; 0 for ever",
     semantic<&SemanticCache::ttl>()},
    {"cache.response.semantic.max_conversation_messages", "SEMANTIC_CACHE_MAX_CONV_MESSAGES",
     "Longer conversations are not looked up",
     semantic<&SemanticCache::max_conversation_messages>(), 0, clamp_at_least(0)},
    {"cache.response.semantic.exclude_system_prompt", "SEMANTIC_CACHE_EXCLUDE_SYSTEM_PROMPT",
     "Do not count system prompts as messages", semantic<&SemanticCache::exclude_system_prompt>()},
    {"cache.response.semantic.embedder.provider", "SEMANTIC_CACHE_EMBEDDER_PROVIDER",
     "Provider that embeds the prompts, by instance name; required",
     semantic<&SemanticCache::embedder, &Embedder::provider>()},
    {"cache.response.semantic.embedder.model", "SEMANTIC_CACHE_EMBEDDER_MODEL",
     "Embedding model; empty for the provider's usual one",
     semantic<&SemanticCache::embedder, &Embedder::model>()},
    {"cache.response.semantic.vector_store.type", "SEMANTIC_CACHE_VECTOR_STORE_TYPE",
     "`qdrant`, `pgvector`, `pinecone`, `weaviate` or a plugin's; required",
     store<&VectorStore::type>()},
    {"cache.response.semantic.vector_store.qdrant.url", "SEMANTIC_CACHE_QDRANT_URL",
     "Base URL; required", store<&VectorStore::qdrant, &Qdrant::url>(), kRequired},
    {"cache.response.semantic.vector_store.qdrant.collection", "SEMANTIC_CACHE_QDRANT_COLLECTION",
     "Collection, made when missing; required", store<&VectorStore::qdrant, &Qdrant::collection>(),
     kRequired},
    {"cache.response.semantic.vector_store.qdrant.api_key", "SEMANTIC_CACHE_QDRANT_API_KEY",
     "API key", store<&VectorStore::qdrant, &Qdrant::api_key>(), kSecret},
    {"cache.response.semantic.vector_store.pgvector.url", "SEMANTIC_CACHE_PGVECTOR_URL",
     "PostgreSQL connection URL; required", store<&VectorStore::pgvector, &Pgvector::url>(),
     kRequired},
    {"cache.response.semantic.vector_store.pgvector.table", "SEMANTIC_CACHE_PGVECTOR_TABLE",
     "Table, made when missing", store<&VectorStore::pgvector, &Pgvector::table>()},
    {"cache.response.semantic.vector_store.pgvector.dimension", "SEMANTIC_CACHE_PGVECTOR_DIMENSION",
     "Length of the embedding; required", store<&VectorStore::pgvector, &Pgvector::dimension>(),
     kRequired},
    {"cache.response.semantic.vector_store.pinecone.host", "SEMANTIC_CACHE_PINECONE_HOST",
     "Host of the index; required", store<&VectorStore::pinecone, &Pinecone::host>(), kRequired},
    {"cache.response.semantic.vector_store.pinecone.api_key", "SEMANTIC_CACHE_PINECONE_API_KEY",
     "API key; required", store<&VectorStore::pinecone, &Pinecone::api_key>(), kSecret | kRequired},
    {"cache.response.semantic.vector_store.pinecone.namespace", "SEMANTIC_CACHE_PINECONE_NAMESPACE",
     "Namespace in the index", store<&VectorStore::pinecone, &Pinecone::name_space>()},
    {"cache.response.semantic.vector_store.pinecone.dimension", "SEMANTIC_CACHE_PINECONE_DIMENSION",
     "Length of the embedding; required", store<&VectorStore::pinecone, &Pinecone::dimension>(),
     kRequired},
    {"cache.response.semantic.vector_store.weaviate.url", "SEMANTIC_CACHE_WEAVIATE_URL",
     "Base URL; required", store<&VectorStore::weaviate, &Weaviate::url>(), kRequired},
    {"cache.response.semantic.vector_store.weaviate.class", "SEMANTIC_CACHE_WEAVIATE_CLASS",
     "Class, made when missing; required", store<&VectorStore::weaviate, &Weaviate::class_name>(),
     kRequired},
    {"cache.response.semantic.vector_store.weaviate.api_key", "SEMANTIC_CACHE_WEAVIATE_API_KEY",
     "API key", store<&VectorStore::weaviate, &Weaviate::api_key>(), kSecret},
};

}  // namespace

std::span<const Key> cache_keys() {
    return kCacheKeys;
}

}  // namespace gomodel::config
