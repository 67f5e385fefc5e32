# SPDX-License-Identifier: MIT
# The shipped addon: static libraries usockets and uwebsockets, then bunserve.node. CMakeLists.txt
# builds the same two libraries without Node for tests, fuzzers and sanitizers. Third-party
# libraries come from the per-user cache (scripts/deps.mjs). Their headers, and Node's, are system
# headers: our warnings do not apply to them, and BoringSSL's openssl/ is found before the one
# Node ships.
{
  "variables": {
    "boringssl_include": "<!(node scripts/deps.mjs boringssl include)",
    "boringssl_ssl": "<!(node scripts/deps.mjs boringssl ssl)",
    "boringssl_crypto": "<!(node scripts/deps.mjs boringssl crypto)",
    "simdutf": "<!(node scripts/deps.mjs simdutf enabled)",
    "simdutf_include": "<!(node scripts/deps.mjs simdutf include)",
    "simdutf_lib": "<!(node scripts/deps.mjs simdutf lib)",
    "node_addon_api": "<!(node scripts/deps.mjs node-addon-api)",
    "lto": "<!(node scripts/deps.mjs lto)",
    "werror": "<!(node -p \"process.env.BUNSERVE_WERROR === '1' ? 1 : 0\")"
  },
  "target_defaults": {
    "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS"],
    # When Node's headers are a source tree, these would come before BoringSSL's.
    "include_dirs!": [
      "<(node_root_dir)/deps/openssl/config",
      "<(node_root_dir)/deps/openssl/openssl/include"
    ],
    "cflags_cc!": ["-std=gnu++17", "-std=c++17"],
    "configurations": {"Release": {"cflags!": ["-fno-omit-frame-pointer"]}},
    "cflags_cc": [
      "-std=gnu++20",
      "-O3",
      "-fno-exceptions",
      "-fno-rtti",
      "-fvisibility=hidden",
      "-fvisibility-inlines-hidden",
      "-ffunction-sections",
      "-fdata-sections",
      "-Wall",
      "-Wextra",
      "-Wpedantic",
      "-Wconversion",
      "-Wsign-conversion",
      "-Wshadow",
      "-isystem<(boringssl_include)",
      "-isystem<(node_root_dir)/include/node"
    ],
    "conditions": [
      ["lto == 1", {"cflags_cc": ["-flto=auto"], "ldflags": ["-flto=auto", "-O3"]}],
      ["werror == 1", {"cflags_cc": ["-Werror"]}],
      ["simdutf == 'ON'", {
        "cflags_cc": ["-isystem<(simdutf_include)"]
      }, {
        "defines": ["UWK_NO_SIMDUTF"]
      }]
    ]
  },
  "targets": [
    {
      "target_name": "usockets",
      "type": "static_library",
      "product_prefix": "lib",
      "product_extension": "a",
      "include_dirs": ["deps/uSockets/include", "deps/uSockets/src"],
      "sources": ["<!@(node scripts/list-sources.mjs deps/uSockets/src)"]
    },
    {
      "target_name": "uwebsockets",
      "type": "static_library",
      "product_prefix": "lib",
      "product_extension": "a",
      "include_dirs": [
        "deps/uWebSockets/include",
        "deps/uWebSockets/src",
        "deps/uSockets/include"
      ],
      "sources": ["<!@(node scripts/list-sources.mjs deps/uWebSockets/src)"]
    },
    {
      "target_name": "bunserve",
      "dependencies": ["uwebsockets", "usockets"],
      "include_dirs": ["src-native", "deps/uWebSockets/include", "deps/uSockets/include"],
      "cflags_cc": ["-isystem<(node_addon_api)"],
      "sources": ["<!@(node scripts/list-sources.mjs src-native)"],
      "libraries": ["<(boringssl_ssl)", "<(boringssl_crypto)"],
      "conditions": [
        ["simdutf == 'ON'", {"libraries": ["<(simdutf_lib)"]}],
        ["OS == 'linux'", {
          "ldflags": [
            "-Wl,-Bsymbolic",
            "-Wl,--exclude-libs,ALL",
            "-Wl,--version-script=<(module_root_dir)/src-native/version.map",
            "-Wl,--gc-sections",
            "-Wl,-z,relro,-z,now",
            "-static-libstdc++",
            "-static-libgcc"
          ]
        }],
        ["OS == 'mac'", {
          "xcode_settings": {
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
            "CLANG_CXX_LANGUAGE_STANDARD": "gnu++20",
            "MACOSX_DEPLOYMENT_TARGET": "11.0"
          }
        }]
      ]
    }
  ]
}
