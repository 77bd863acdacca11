# The link's conformance vectors.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
anc_test(link_vectors link_vectors.c)
target_include_directories(link_vectors PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(link_vectors PRIVATE PkgConfig::CJSON)
target_compile_definitions(link_vectors PRIVATE ANC_VECTORS="${CMAKE_SOURCE_DIR}/protocol/vectors")
