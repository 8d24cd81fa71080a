// The `cache` and `storage` settings: where models, responses and records are kept. Plain values;
// the member initialisers are the defaults that every table and listing shows.
#pragma once

#include <Poco/JSON/Object.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace gomodel::config {

struct Redis {
    std::string url;
    std::string key;
    std::chrono::seconds ttl{0};
};

enum class ModelCacheBackend { kLocal, kRedis };

struct ModelCache {
    std::chrono::seconds refresh_interval{3600};
    // Empty: no list is fetched.
    std::string model_list_url =
        "https://raw.githubusercontent.com/ENTERPILOT/ai-model-list/refs/heads/main/"
        "models.min.json";
    ModelCacheBackend backend = ModelCacheBackend::kLocal;
    std::string cache_dir = ".cache";
    Redis redis{"", "gomodel:models", std::chrono::seconds(86400)};
};

struct ExactCache {
    bool enabled = false;
    std::string type = "redis";  // of the plugin that keeps the answers
    // Of the file, for the plugin's schema. Null: there is none.
    Poco::JSON::Object::Ptr config;
    std::uint64_t max_entry_size = std::uint64_t{4} << 20;
    // Key and TTL are those of any type's entries.
    Redis redis{"", "gomodel:response:", std::chrono::seconds(3600)};
};

struct Embedder {
    std::string provider;  // an instance's name
    std::string model;     // empty: the provider's usual one
};

struct Qdrant {
    std::string url;
    std::string collection;
    std::string api_key;
};
struct Pgvector {
    std::string url;
    std::string table = "gomodel_semantic_cache";
    int dimension = 0;
};
struct Pinecone {
    std::string host;
    std::string api_key;
    std::string name_space;
    int dimension = 0;
};
struct Weaviate {
    std::string url;
    std::string class_name;
    std::string api_key;
};

struct VectorStore {
    std::string type;
    // The block named like the type, for the plugin's schema: environment applied, blanks left out.
    // Null while no type is chosen.
    Poco::JSON::Object::Ptr options;
    Qdrant qdrant;
    Pgvector pgvector;
    Pinecone pinecone;
    Weaviate weaviate;
};

struct SemanticCache {
    bool enabled = false;
    double similarity_threshold = 0.92;
    std::chrono::seconds ttl{3600};  // 0: entries do not expire
    int max_conversation_messages = 3;
    bool exclude_system_prompt = false;
    Embedder embedder;
    VectorStore vector_store;
};

struct ResponseCache {
    ExactCache simple;
    SemanticCache semantic;
};

struct Cache {
    ModelCache model;
    ResponseCache response;
};

struct Sqlite {
    std::string path = "data/gomodel.db";
};
struct Postgresql {
    std::string url;
    int max_conns = 10;
};
struct Mongodb {
    std::string url;
    std::string database = "gomodel";
};

struct Storage {
    std::string type = "sqlite";
    Poco::JSON::Object::Ptr options;  // as VectorStore::options
    Sqlite sqlite;
    Postgresql postgresql;
    Mongodb mongodb;
};

}  // namespace gomodel::config
